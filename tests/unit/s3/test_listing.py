"""A listing ends, and something that is not a listing does not count as an empty one."""

from collections.abc import Iterator
from typing import Any

import pytest

from galleria_storage.errors import ProviderError
from galleria_storage.s3.listing import MAX_EMPTY_PAGES, list_objects


class Pages:
    """Stands for boto3's client: returns these pages, whatever is asked."""

    def __init__(self, pages: Iterator[dict[str, Any]]) -> None:
        self._pages = pages

    def get_paginator(self, _: str) -> "Pages":
        return self

    def paginate(self, **_: Any) -> Iterator[dict[str, Any]]:
        return self._pages


def keys(*pages: dict[str, Any]) -> list[str]:
    return [found.key for found in list_objects(Pages(iter(pages)), "photos")]  # type: ignore[arg-type]


def page(*names: str, token: str = "") -> dict[str, Any]:
    contents = [{"Key": name, "Size": 1, "ETag": '"abc"'} for name in names]
    more = {"NextContinuationToken": token} if token else {}
    return {"IsTruncated": bool(token), "Contents": contents, **more}


def test_pages_are_joined() -> None:
    assert keys(page("a", token="1"), page(token="2"), page("b")) == ["a", "b"]
    assert keys({"IsTruncated": False}) == []


@pytest.mark.parametrize("answer", [{}, {"Contents": [{"Key": "a", "Size": 1}]}])
def test_an_answer_that_is_not_a_listing_is_not_an_empty_bucket(answer: dict[str, Any]) -> None:
    with pytest.raises(ProviderError, match="without a listing"):
        keys(answer)


@pytest.mark.parametrize("entry", [{"Key": "a"}, {"Size": 1}])
def test_an_object_without_key_or_size_is_an_error(entry: dict[str, Any]) -> None:
    with pytest.raises(ProviderError, match="without the key and size"):
        keys({"IsTruncated": False, "Contents": [entry]})


def test_a_listing_that_runs_in_a_circle_is_an_error() -> None:
    with pytest.raises(ProviderError, match="does not end"):
        keys(page("a", token="1"), page("b", token="2"), page("a", token="1"), page("b"))


def test_a_listing_of_empty_pages_is_an_error() -> None:
    with pytest.raises(ProviderError, match="does not end"):
        keys(*(page(token=str(number)) for number in range(MAX_EMPTY_PAGES + 1)))
