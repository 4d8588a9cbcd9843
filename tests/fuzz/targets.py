"""What is fuzzed, and what must hold for every input.

Only the project's family of errors may come out; whatever is returned keeps
the promises of the editor. The work on one input is bounded: its limit here
is generous, since the fuzzer's instrumentation slows everything down.
"""

import time
from collections.abc import Callable

from benchmarks.fidelity.jpeg import Jpeg
from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.corrections.correction import CORRECTION_KEYS, Correction, parse_correction
from galleria_storage.errors import CorrectionError, GalleriaError
from galleria_storage.photos.jpeg.head import HeadReader, read_head
from galleria_storage.photos.photo import correct_bytes, plan_photo
from galleria_storage.photos.plan import NOTHING
from galleria_storage.photos.sniff import SNIFF_BYTES, sniff
from galleria_storage.photos.source import BytesSource
from tests.fuzz import formats
from tests.fuzz.formats import FIRST, SECOND

LIMIT = 1024 * 1024
SECONDS = 1.0
IMAGE = b"\xff\xda\x00\x02scan\xff\xd9"


def head(data: bytes) -> None:
    """Read a head in one piece and in pieces: the same answer."""
    size = data[0] + 1 if data else 1
    photo = data[1:]
    try:
        whole = read_head(BytesSource(photo), LIMIT)
    except GalleriaError:
        whole = None
    reader = HeadReader(LIMIT)
    try:
        for at in range(0, len(photo), size):
            if reader.feed(photo[at : at + size]):
                break
        assert reader.head() == whole
    except GalleriaError:
        assert whole is None
    sniff(photo[:SNIFF_BYTES])


def photo(data: bytes) -> None:
    """Correct a photo: the tags are in it, the image stays, a second correction adds nothing."""
    _correct(data)


def block(data: bytes) -> None:
    """The same with the data as the Exif block of a sound photo."""
    if len(data) < 65_000:
        payload = b"Exif\0\0" + data
        _correct(b"\xff\xd8\xff\xe1" + (len(payload) + 2).to_bytes(2, "big") + payload + IMAGE)


def _correct(photo: bytes) -> None:
    try:
        corrected = correct_bytes(photo, FIRST)
    except GalleriaError:
        return
    if not photo.startswith(b"\xff\xd8"):
        return  # another format, whose planner is proven by `check_plan`
    assert plan_photo(BytesSource(corrected), NOTHING).before == CaptureTags("2021:03:04 05:06:07", "5", "-05:00")
    old, new = read_head(BytesSource(photo)), read_head(BytesSource(corrected))
    assert Jpeg(corrected, (), len(new.data), complete=True).tail == Jpeg(photo, (), len(old.data), complete=True).tail
    assert correct_bytes(corrected, FIRST) == corrected
    again = correct_bytes(corrected, SECOND)
    assert len(again) == len(corrected)
    assert correct_bytes(again, FIRST) == corrected


def correction(data: bytes) -> None:
    """Parse a correction, print it, parse it again, apply it."""
    texts = data.decode("utf-8", "surrogateescape").split("\n")
    keys = [*CORRECTION_KEYS, "other"]
    metadata = {keys[i % len(keys)]: text for i, text in enumerate(texts[1:7])}
    tags = {keys[i % len(keys)]: text for i, text in enumerate(texts[7:])}
    try:
        parsed = parse_correction(metadata, tags, {})
    except CorrectionError:
        return
    assert Correction.from_canonical(parsed.canonical()) == parsed
    try:
        changes = parsed.changes(CaptureTags(texts[0], texts[-1], "+01:00"))
    except CorrectionError:
        return
    assert changes.date_time_original is None or len(changes.date_time_original) == 19
    assert changes.offset_time_original is None or len(changes.offset_time_original) == 6


TARGETS: dict[str, Callable[[bytes], None]] = {
    "head": head,
    "photo": photo,
    "block": block,
    "correction": correction,
    **formats.TARGETS,
}


def bounded(target: Callable[[bytes], None]) -> Callable[[bytes], None]:
    """Let a target fail when it takes longer than any input may."""

    def run(data: bytes) -> None:
        start = time.process_time()
        target(data)
        spent = time.process_time() - start
        assert spent < SECONDS, f"{spent:.1f} s for {len(data):,} bytes"

    return run
