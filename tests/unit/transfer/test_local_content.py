"""What is uploaded is watched for changes, and its bytes are counted as they go out."""

import io
import os
from pathlib import Path
from typing import Any

import pytest

from galleria_storage.errors import LocalFileError
from galleria_storage.transfer.file_body import FileBody
from galleria_storage.transfer.local_content import LocalContent


def test_bytes_are_a_content_that_never_changes() -> None:
    content = LocalContent(b"photo")
    content.check_unchanged(5)
    with content.open() as stream:
        assert (content.size, stream.read()) == (5, b"photo")


@pytest.mark.parametrize("change", [b"photo and more", b"other"])
def test_a_file_that_changed_is_noticed(tmp_path: Path, change: bytes) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"photo")
    content = LocalContent(path)
    path.write_bytes(change)
    os.utime(path, ns=(1, 1))
    with pytest.raises(LocalFileError, match=r"'photo.jpg' changed while it was uploaded"):
        content.check_unchanged()


def test_a_reading_that_found_another_size_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"photo")
    with pytest.raises(LocalFileError, match="changed"):
        LocalContent(tmp_path / "photo.jpg").check_unchanged(4)


def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(LocalFileError, match="'pipe' is not a regular file"):
        LocalContent(tmp_path / "pipe")


@pytest.mark.parametrize("name", ["missing.jpg", "nul\0.jpg"])
def test_a_file_that_is_not_there_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(LocalFileError, match="cannot be read"):
        LocalContent(tmp_path / name)


@pytest.mark.parametrize("source", [None, 5, ["photo.jpg"]])
def test_what_is_neither_a_path_nor_bytes_is_refused_in_words(source: Any) -> None:
    with pytest.raises(LocalFileError, match="allowed are a path and bytes"):
        LocalContent(source)


def test_a_slice_is_a_file_of_its_own() -> None:
    with FileBody(io.BytesIO(b"0123456789"), 2, 5, None) as body:
        assert body.seek(0, io.SEEK_END) == body.tell() == 5
        assert body.seek(1) == 1
        assert (body.read(2), body.read(), body.read(), body.read(3)) == (b"34", b"56", b"", b"")


def test_bytes_are_counted_when_they_are_sent_and_not_when_they_are_signed_or_sent_again() -> None:
    counted: list[int] = []
    with FileBody(io.BytesIO(b"0123456789"), 0, 10, counted.append) as body:
        body.read()  # signed
        body.seek(0)
        body.sending = True
        body.read(6)  # sent, and the connection breaks
        body.seek(0)
        body.sending = True
        while body.read(4):  # sent again
            pass
    assert counted == [6, 2, 2]


def test_a_file_that_became_shorter_is_an_error_instead_of_a_request_that_waits_forever() -> None:
    with FileBody(io.BytesIO(b"012"), 0, 5, None) as body:
        assert body.read(4) == b"012"
        with pytest.raises(OSError, match="became shorter"):
            body.read(4)


def test_a_body_says_what_it_can_and_stays_within_its_window() -> None:
    with FileBody(io.BytesIO(b"0123456789"), 2, 5, None) as body:
        assert (body.readable(), body.seekable(), body.writable()) == (True, True, False)
        assert (body.seek(-3), body.read(1)) == (0, b"2")
        assert (body.seek(-2, io.SEEK_END), body.read()) == (3, b"56")
        assert (body.seek(9), body.read()) == (5, b"")
