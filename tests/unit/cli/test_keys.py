"""Keys that a command is given: single ones, folders and patterns; and what `publish --watch` notices."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from galleria_cli import watching
from galleria_cli.keys import keys_of, keys_under
from galleria_cli.watching import Watch
from galleria_storage.bulk.patience import Patience
from galleria_storage.bulk.selection import EVERYTHING, Selection
from galleria_storage.errors import ProviderError
from galleria_storage.s3.listing import ListedObject
from galleria_storage.s3.objects import ObjectStore
from tests.support.fakes.directing import Calm
from tests.support.fakes.fake_s3 import FakeS3
from tests.support.fakes.profiles import CAPABLE

PATIENCE = Patience(lambda *_: None)


@pytest.fixture
def s3() -> FakeS3:
    s3 = FakeS3("honoured", Calm())
    for key in ("a/1.jpg", "a/2.JPG", "a/b/3.jpg", "a[1].jpg", "b.jpg"):
        s3.store("staging", key, b"x")
    s3.store("public", "a/0.jpg", b"x")
    return s3


def store(s3: Any, bucket: str = "staging") -> ObjectStore:
    return ObjectStore(s3, bucket, CAPABLE)


@pytest.mark.parametrize(
    ("words", "recursive", "found"),
    [
        (["b.jpg", "no such.jpg"], False, ["b.jpg", "no such.jpg"]),
        (["a/*.jpg"], False, ["a/1.jpg", "a/b/3.jpg"]),
        (["a/?.jpg"], False, ["a/1.jpg"]),
        (["a[1].jpg"], False, ["a[1].jpg"]),
        (["a"], True, ["a/1.jpg", "a/2.JPG", "a/b/3.jpg"]),
        (["a/b/"], True, ["a/b/3.jpg"]),
        (["/"], True, ["a/1.jpg", "a/2.JPG", "a/b/3.jpg", "a[1].jpg", "b.jpg"]),
    ],
)
def test_a_word_is_a_key_a_pattern_or_a_folder(s3: FakeS3, words: list[str], recursive: bool, found: list[str]) -> None:
    assert list(keys_of([store(s3)], words, EVERYTHING, PATIENCE, recursive=recursive)) == found


def test_a_selection_holds_for_keys_and_letter_case_does_not_matter(s3: FakeS3) -> None:
    assert list(keys_under([store(s3)], "a/", Selection(["*.jpg"], ["b/"]), PATIENCE)) == ["a/1.jpg", "a/2.JPG"]


def test_two_buckets_are_looked_through_and_each_key_comes_once(s3: FakeS3) -> None:
    s3.store("public", "a/1.jpg", b"x")
    found = list(keys_of([store(s3), store(s3, "public")], ["a/*1.jpg", "a/0*"], EVERYTHING, PATIENCE))
    assert found == ["a/1.jpg", "a/0.jpg"]


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_watch_sees_what_is_new_changed_retagged_or_gone(s3: FakeS3) -> None:
    clock = Clock()
    with closing(Watch(store(s3), Selection(exclude=["b.jpg"]), 60, 2, clock)) as watch:
        assert seen(watch) == (["a/1.jpg", "a/2.JPG", "a/b/3.jpg", "a[1].jpg"], [])
        assert seen(watch) == ([], [])
        s3.store("staging", "a/1.jpg", b"another")
        s3.tag("staging", "a/2.JPG", {"timestamp-offset-hours": "1"})
        s3.remove("staging", "a/b/3.jpg")
        assert seen(watch) == (["a/1.jpg"], ["a/b/3.jpg"])
        clock.now = 60
        assert seen(watch) == (["a/2.JPG"], [])
        assert seen(watch) == ([], [])


def seen(watch: Watch) -> tuple[list[str], list[str]]:
    changes = watch.look("")
    found = (list(changes.written), list(changes.removed))
    assert found == (list(changes.written), list(changes.removed)), "they are known until the next look"
    assert (bool(changes.written), bool(changes.removed)) == (bool(found[0]), bool(found[1]))
    return found


def test_what_a_look_that_fails_has_missed_is_found_by_the_next_one(
    s3: FakeS3, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Iterator[ListedObject]:
        yield ListedObject("a/1.jpg", 1, "etag")
        raise ProviderError("gone")

    listing = watching.list_objects
    with closing(Watch(store(s3), EVERYTHING, 0, 2)) as watch:
        for found in (["a/1.jpg", "a/2.JPG", "a/b/3.jpg", "a[1].jpg", "b.jpg"], []):
            monkeypatch.setattr(watching, "list_objects", broken)
            with pytest.raises(ProviderError):
                watch.look("")
            monkeypatch.setattr(watching, "list_objects", listing)
            assert seen(watch) == (found, [])


def test_a_watch_that_may_not_look_at_tags_asks_for_none(s3: FakeS3) -> None:
    with closing(Watch(store(s3), EVERYTHING, 0, 2)) as watch:
        watch.look("")
    assert [call for call in s3.calls if "tagging" in str(call).lower()] == []
