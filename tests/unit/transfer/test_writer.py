"""Whatever changes in an object, and however it is written, the right bytes are stored."""

import hashlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from galleria_storage.s3.objects import ABSENT, ObjectStore
from galleria_storage.s3.profiles import PROFILES, ProviderProfile
from galleria_storage.transfer.content import Content
from galleria_storage.transfer.proof import WrongContentError
from galleria_storage.transfer.sizes import Sizes
from galleria_storage.transfer.writer import Writer, Written
from tests.support.fakes.checksumming_s3 import ChecksummingS3
from tests.support.fakes.fake_s3 import FakeS3

WAYS = {
    "whole": Sizes(),
    "in parts": Sizes(whole=0, part=64, copied=10**9),
    "copied": Sizes(whole=0, part=64, copied=40, least=20, step=70),
}
COPYING = replace(PROFILES["seaweedfs"], name="copying")


@st.composite
def edits(draw: st.DrawFn) -> tuple[bytes, list[bytes | range]]:
    """Draw an object, and its changes."""
    data = draw(st.binary(min_size=1, max_size=700))
    pieces: list[bytes | range] = []
    position = 0
    for new, gap, size in draw(
        st.lists(st.tuples(st.binary(max_size=40), st.integers(0, 60), st.integers(0, 400)), max_size=6)
    ):
        start = min(position + gap, len(data))
        position = min(start + size, len(data))
        pieces += [new, range(start, position)]
    return data, [piece for piece in pieces if piece]


def write(s3: FakeS3, profile: ProviderProfile, way: str, data: bytes, pieces: list[bytes | range]) -> Written:
    s3.store("staging", "a", data)
    client: Any = s3
    staging, public = ObjectStore(client, "staging", profile), ObjectStore(client, "public", profile)
    writer = Writer(public, copies=way == "copied", sizes=WAYS[way])
    with writer.source(staging, staging.open("a")) as source:
        source.read(0, 30)
        content = Content(source, pieces)
        written = writer.write("a", content, {"ContentType": "image/jpeg", "Metadata": {"by": "us"}}, ABSENT)
        if not written.bytes_copied:
            assert content.sha256 == hashlib.sha256(s3.objects["public", "a"].body).digest()
    return written


def meant(data: bytes, pieces: list[bytes | range]) -> bytes:
    return b"".join(data[piece.start : piece.stop] if isinstance(piece, range) else piece for piece in pieces)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("profile", [COPYING, PROFILES["aws"], PROFILES["minio"]], ids=lambda profile: profile.name)
@settings(max_examples=60)
@given(edit=edits())
def test_what_is_stored_is_what_was_meant(
    profile: ProviderProfile, way: str, edit: tuple[bytes, list[bytes | range]]
) -> None:
    s3 = ChecksummingS3() if profile.crc32_checked else FakeS3()
    written = write(s3, profile, way, *edit)
    stored = s3.objects["public", "a"]
    assert stored.body == meant(*edit)
    assert stored.metadata["by"] == "us"
    assert written.bytes_out + written.bytes_copied == len(stored.body)
    assert s3.uploads == {}
    assert all(body.closed for body in s3.bodies)


@pytest.mark.parametrize("way", ["whole", "in parts"])
def test_a_provider_that_never_says_enough_is_asked_for_all_of_it(way: str) -> None:
    """No profile vouches for it, and its ETags are not digests: what it stored is read back."""

    class Opaque(FakeS3):
        def store(self, bucket: str, key: str, body: bytes, **values: Any) -> None:
            super().store(bucket, key, body, **{**values, "etag": f"opaque-{len(self.versions)}"})

        def _part(self, *arguments: Any) -> dict[str, Any]:
            super()._part(*arguments)
            upload, number = self.uploads[arguments[2]], arguments[3]
            upload.parts[number] = (upload.parts[number][0], "0" * 30 + f"{number:02}")
            return {"ETag": f'"{"0" * 30}{number:02}"'}

    data = bytes(range(256)) * 2
    s3 = Opaque()
    if way == "whole":
        write(s3, PROFILES["generic"], way, data, [range(512)])
        assert s3.calls[-2:] == ["HeadObject", "GetObject"]
    else:
        with pytest.raises(WrongContentError, match="part 1 has the ETag"):
            write(s3, PROFILES["generic"], way, data, [range(512)])
    assert s3.uploads == {}
