"""A bucket is listed from the first key that is asked for to the last, and no further."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from galleria_storage.bulk import standing
from galleria_storage.bulk.standing import in_turn, look
from galleria_storage.bulk.walk import LocalFile
from galleria_storage.s3.objects import ObjectStore
from tests.support.fakes.profiles import HONOURING

PAGE = 3


class Pages:
    """A bucket of ten keys, three on a page."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.pages = 0

    def get_paginator(self, _: str) -> "Pages":
        return self

    def paginate(self, **arguments: Any) -> Iterator[dict[str, Any]]:
        self.asked.append(arguments)
        after = arguments.get("StartAfter", "")
        keys = [key for key in (f"k{n}" for n in range(10)) if key.startswith(arguments["Prefix"]) and key > after]
        for start in range(0, len(keys), PAGE):
            self.pages += 1
            contents = [{"Key": key, "Size": 1} for key in keys[start : start + PAGE]]
            yield {"IsTruncated": True, "NextContinuationToken": str(start), "Contents": contents}


def listed(keys: list[str], after: str = "") -> tuple[list[str], bool, Pages]:
    pages = Pages()
    found = look(ObjectStore(pages, "b", HONOURING), keys, after)  # type: ignore[arg-type] # it has what is needed
    return list(found.listed), found.complete, pages


def test_the_listing_ends_with_the_last_key() -> None:
    found, complete, pages = listed(["k1", "k4", "k40"])
    assert (found, complete, pages.pages) == (["k1", "k4"], True, 2)


def test_the_listing_begins_where_it_may() -> None:
    found, complete, pages = listed(["k7", "k8", "missing"], after="k6")
    assert (found, complete, pages.pages) == (["k7", "k8"], True, 1)
    assert pages.asked == [{"Bucket": "b", "Prefix": "", "StartAfter": "k6"}]


def test_a_listing_that_takes_too_long_is_given_up() -> None:
    found, complete, pages = listed(["a", "z"])
    assert (found, complete, pages.pages) == ([], False, 2)


def test_files_take_turns_and_each_listing_begins_where_the_last_one_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "_AT_A_TIME", 2)
    pages, read = Pages(), 0

    def files() -> Iterator[LocalFile]:
        nonlocal read
        for name in ("1", "2", "3", "5"):
            read += 1
            yield LocalFile(name, Path(name))

    turns = in_turn(ObjectStore(pages, "b", HONOURING), files(), "k")  # type: ignore[arg-type] # as above
    known, some = next(turns)
    assert ([file.name for file in some], sorted(known.listed), read) == (["1", "2"], ["k1", "k2"], 2)
    known, some = next(turns)
    assert ([file.name for file in some], sorted(known.listed)) == (["3", "5"], ["k3", "k5"])
    assert [asked.get("StartAfter") for asked in pages.asked] == [None, "k2"]
    assert list(turns) == []
