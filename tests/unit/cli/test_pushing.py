"""What was pushed before costs no request, as long as nothing about it has changed."""

import os
from pathlib import Path

import pytest

from galleria_cli.pushing import Push
from galleria_cli.rules.rulebook import book_of
from galleria_cli.sending import Known
from galleria_storage.bulk.patience import Patience
from galleria_storage.bulk.remembered import RememberedFiles
from galleria_storage.bulk.standing import look
from galleria_storage.bulk.walk import list_files
from galleria_storage.s3.objects import ObjectStore
from tests.support.fakes.fake_s3 import FakeS3
from tests.support.fakes.profiles import HONOURING
from tests.support.photos.samples import PHOTO

KEY = "wedding/1.jpg"
SHIFT = {"timestamp-offset-hours": "-2"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (wedding := tmp_path / "wedding").mkdir()
    (wedding / "1.jpg").write_bytes(PHOTO)
    os.utime(wedding / "1.jpg", (1_000, 1_000))
    return wedding


@pytest.fixture
def server() -> FakeS3:
    return FakeS3()


def push(server: FakeS3, folder: Path, asked: dict[str, str] | None = None, *, checksum: bool = False) -> str:
    """Push the folder's photo, and return the result, with the requests that this took."""
    store = ObjectStore(server, "staging", HONOURING)  # type: ignore[arg-type] # it has what is needed
    remembered = RememberedFiles(None if checksum else folder.parent / "files.sqlite")
    server.calls.clear()
    standing = look(store, [KEY])
    book, patience = book_of(folder), Patience(lambda *_: None)
    known = Known(standing, remembered, patience)
    run = Push(store, "wedding/", book, asked or {}, "metadata", known)
    (file,) = list_files(folder)
    status = run.one(file).status
    remembered.close()
    return f"{status}: {' '.join(server.calls[1:])}".strip(": ")


class TestPushedAgain:
    """The folder's one photo is in staging."""

    @pytest.fixture(autouse=True)
    def pushed(self, server: FakeS3, folder: Path) -> None:
        assert push(server, folder) == "pushed: PutObject"

    def test_nothing_is_asked_for_but_the_listing(self, server: FakeS3, folder: Path) -> None:
        assert push(server, folder) == "unchanged"

    def test_a_strict_run_asks_for_the_object_and_its_tags(self, server: FakeS3, folder: Path) -> None:
        assert push(server, folder, checksum=True) == "unchanged: HeadObject GetObjectTagging"

    def test_another_correction_is_noticed(self, server: FakeS3, folder: Path) -> None:
        assert push(server, folder, SHIFT) == "pushed: HeadObject GetObjectTagging PutObject"
        assert push(server, folder, SHIFT) == "unchanged"

    def test_another_content_is_noticed(self, server: FakeS3, folder: Path) -> None:
        (folder / "1.jpg").write_bytes(PHOTO[:-2] + b"\0\0" + PHOTO[-2:])
        assert push(server, folder).startswith("pushed: HeadObject")

    def test_another_object_is_noticed(self, server: FakeS3, folder: Path) -> None:
        server.store("staging", KEY, PHOTO[:-1] + b"\0")
        assert push(server, folder) == "pushed: HeadObject PutObject"

    def test_a_missing_object_is_noticed(self, server: FakeS3, folder: Path) -> None:
        server.remove("staging", KEY)
        assert push(server, folder) == "pushed: PutObject"


@pytest.mark.parametrize("content", [b"", b"<html>"])
def test_a_file_that_only_claims_to_be_a_photo_is_rejected(server: FakeS3, folder: Path, content: bytes) -> None:
    (folder / "1.jpg").write_bytes(content)
    assert push(server, folder) == "rejected"
    (folder / "1.jpg").rename(folder / "notes.txt")
    assert push(server, folder) == "left out"
