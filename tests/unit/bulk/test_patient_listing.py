"""A listing goes on after an outage, and each key comes once."""

from collections.abc import Iterator
from typing import Any

import pytest

from galleria_storage.bulk.patience import Patience
from galleria_storage.bulk.patient_listing import listed
from galleria_storage.errors import BucketNotFoundError, GalleriaError, ThrottledError
from galleria_storage.s3.listing import ListedObject
from galleria_storage.s3.objects import ObjectStore
from tests.support.fakes.profiles import HONOURING

KEYS = [f"k{n}" for n in range(7)]


class Breaking:
    """Lists three keys a page, and fails before each page once."""

    def __init__(self, error: GalleriaError, *, knows_start: bool = True) -> None:
        self.error = error
        self.knows_start = knows_start
        self.failed: set[str] = set()

    def __call__(self, _client: object, _bucket: str, _prefix: str, after: str = "") -> Iterator[list[ListedObject]]:
        keys = [key for key in KEYS if key > after or not self.knows_start]
        for start in range(0, len(keys), 3):
            page = keys[start : start + 3]
            if page[-1] not in self.failed:
                self.failed.add(page[-1])
                raise self.error
            yield [ListedObject(key, 1, "etag") for key in page]


def keys(pages: Breaking, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr("galleria_storage.bulk.patient_listing.list_pages", pages)
    client: Any = None
    patience = Patience(lambda *_: None, sleep=lambda _: None)
    return [one.key for one in listed(ObjectStore(client, "photos", HONOURING), "k", patience)]


@pytest.mark.parametrize("knows_start", [True, False])
def test_each_key_comes_once_whatever_breaks_between_pages(
    monkeypatch: pytest.MonkeyPatch, *, knows_start: bool
) -> None:
    assert keys(Breaking(ThrottledError("slow down"), knows_start=knows_start), monkeypatch) == KEYS


def test_an_error_that_waiting_does_not_help_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BucketNotFoundError):
        keys(Breaking(BucketNotFoundError("gone")), monkeypatch)
