"""ETags that a provider gives can be worked out from local content, so that a listing is enough to compare."""

import hashlib
import io
import zlib
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.errors import LocalFileError
from galleria_storage.transfer.digests import SINGLE_PUT_BYTES, digest, file_part_size, file_sha256, has_etag
from galleria_storage.transfer.sizes import MAX_PARTS, MIB


def md5(data: bytes) -> Any:
    return hashlib.md5(data, usedforsecurity=False)


def multipart_etag(data: bytes, size: int) -> str:
    parts = [md5(data[n : n + size]).digest() for n in range(0, len(data), size)]
    return f"{md5(b''.join(parts)).hexdigest()}-{len(parts)}"


class Zeros(io.RawIOBase):
    """So many zero bytes, without the memory for them."""

    def __init__(self, size: int) -> None:
        self.left = self.size = size

    def read(self, size: int = -1) -> bytes:
        size = min(size, self.left)
        self.left -= size
        return bytes(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        assert (offset, whence) == (0, 0)
        self.left = self.size
        return 0


@given(st.binary(max_size=5000))
def test_a_small_contents_digests_are_those_of_the_whole(data: bytes) -> None:
    found = digest(io.BytesIO(data), len(data))
    assert (found.size, found.sha256, found.etag) == (len(data), sha256(data).hexdigest(), md5(data).hexdigest())


@given(st.binary(max_size=5000), st.binary(max_size=5000))
def test_an_etag_proves_its_own_content_and_no_other(one: bytes, other: bytes) -> None:
    etag = md5(one).hexdigest()
    assert has_etag(io.BytesIO(one), len(one), etag)
    assert has_etag(io.BytesIO(other), len(other), etag) == (one == other)


def test_a_large_contents_etag_is_made_of_its_parts() -> None:
    size = SINGLE_PUT_BYTES + 1
    assert digest(Zeros(size), size).etag == multipart_etag(bytes(size), 10 * MIB)


def test_each_part_of_a_large_content_has_a_crc32_too() -> None:
    size = SINGLE_PUT_BYTES + 1
    found = digest(Zeros(size), size)
    assert found.part_crc32s == tuple(zlib.crc32(bytes(min(10 * MIB, size - at))) for at in range(0, size, 10 * MIB))


@pytest.mark.parametrize("by_other_tool", [8 * MIB, 5 * MIB, 16 * MIB])
def test_content_that_another_tool_sent_in_parts_is_recognised(by_other_tool: int) -> None:
    data = bytes(20 * MIB)
    assert has_etag(io.BytesIO(data), len(data), multipart_etag(data, by_other_tool))
    assert not has_etag(io.BytesIO(b"x" + data[1:]), len(data), multipart_etag(data, by_other_tool))


def test_content_that_fits_one_part_may_still_have_been_sent_as_a_multipart_upload() -> None:
    assert has_etag(io.BytesIO(b"photo"), 5, multipart_etag(b"photo", 8 * MIB))


@pytest.mark.parametrize("etag", ["", "not-md5", "0123-x", "d" * 32 + "-0", "d" * 32 + "-99999"])
def test_an_etag_of_another_form_proves_nothing(etag: str) -> None:
    assert not has_etag(io.BytesIO(b"photo"), 5, etag)


@given(st.integers(0, 5 * 1024**4))
def test_ten_thousand_parts_always_suffice(size: int) -> None:
    assert -(-size // file_part_size(size)) <= MAX_PARTS


@given(st.integers(SINGLE_PUT_BYTES + 1, 5 * 1024**4))
def test_every_part_has_a_size_that_s3_takes(size: int) -> None:
    assert 5 * MIB <= file_part_size(size) <= 5 * 1024 * MIB


def test_a_files_checksum_is_its_sha256(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"photo" * 100_000)
    assert file_sha256(tmp_path / "photo.jpg") == sha256(b"photo" * 100_000).hexdigest()


@pytest.mark.parametrize("name", ["missing.jpg", "."])
def test_a_file_that_cannot_be_read_is_an_error_that_names_it(tmp_path: Path, name: str) -> None:
    with pytest.raises(LocalFileError, match="cannot be read"):
        file_sha256(tmp_path / name)
