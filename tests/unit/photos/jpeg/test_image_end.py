"""A JPEG whose image is cut off is refused, whatever the correction; a whole one never is."""

import random
from io import BytesIO

import pytest
from PIL import Image

from galleria_storage.errors import TruncatedPhotoError
from galleria_storage.photos.jpeg.planner import plan
from galleria_storage.photos.plan import NOTHING, Asked, Texts
from galleria_storage.photos.source import READ_BYTES, BytesSource, MeteredSource
from tests.support.photos.camera_files import camera_block, photo, plain_jpeg
from tests.support.photos.corpus import NEEDS_CORPUS, camera_jpegs
from tests.support.photos.corrected import CHANGES, head_of, tags_of
from tests.support.photos.jpegs import segment

ASKED = [Texts(CHANGES), NOTHING]


def noisy(size: int = 256, **options: object) -> bytes:
    """Return a photo with image data of some length."""
    out = BytesIO()
    pixels = random.Random(1).randbytes(size * size * 3)
    Image.frombytes("RGB", (size, size), pixels).save(out, "JPEG", **options)
    return out.getvalue()


WHOLE = {
    "baseline": noisy(),
    "progressive": noisy(progressive=True),
    "restart markers": noisy(restart_marker_blocks=3),
    "optimised": noisy(optimize=True),
    "grey": plain_jpeg("white", 2000),
    "larger than what is read of the end": noisy(512, quality=95),
}


def is_refused(data: bytes, asked: Asked = NOTHING) -> bool:
    try:
        plan(MeteredSource(BytesSource(data), max_bytes=16_000_000), asked)
    except TruncatedPhotoError:
        return True
    return False


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("asked", ASKED, ids=["corrected", "as it is"])
def test_a_photo_that_lacks_its_end_is_refused_wherever_it_was_cut(name: str, asked: Asked) -> None:
    data = WHOLE[name]
    image = len(head_of(data).data) + 14
    assert not is_refused(data, asked)
    for stop in (image + 1, image + 10, (image + len(data)) // 2, len(data) - 3, len(data) - 2, len(data) - 1):
        assert is_refused(data[:stop], asked), stop


@pytest.mark.parametrize("zeros", [1, 5_000, 200_000, 3_000_000])
def test_zeros_in_place_of_the_rest_do_not_hide_a_cut(zeros: int) -> None:
    data = WHOLE["larger than what is read of the end"]
    assert is_refused(data[: len(data) - 40_000] + bytes(zeros))
    assert not is_refused(data + bytes(zeros))


@pytest.mark.parametrize("size", [0, 9, 3_000, 500_000])
def test_a_whole_photo_may_have_anything_after_its_image(size: int) -> None:
    dice = random.Random(size)
    for trailer in (dice.randbytes(size), b"SEFT" * (size // 4), WHOLE["baseline"] * (size // 20_000)):
        assert not is_refused(WHOLE["baseline"] + trailer)


def test_an_end_that_comes_before_so_many_blocks_could_is_too_early() -> None:
    data = WHOLE["grey"]
    image = len(head_of(data).data) + 14
    assert is_refused(data[: image + 2_000] + b"\xff\xd9")
    assert not is_refused(data)


def test_a_picture_after_the_first_that_is_cut_off_is_noticed_too() -> None:
    second = WHOLE["larger than what is read of the end"]
    assert is_refused(WHOLE["baseline"] + second[: READ_BYTES + 90_000])


def test_a_head_alone_is_corrected() -> None:
    """There is no image in it that could be cut off; whoever separates a photo's head from it knows that."""
    data = photo(camera_block(), segment(0xFE, b"a comment"))
    head = len(head_of(data).data)
    alone = data[: head + 2 + int.from_bytes(data[head + 2 : head + 4], "big")]
    assert tags_of(plan(BytesSource(alone), ASKED[0]).apply(alone)) == CHANGES


@NEEDS_CORPUS
@pytest.mark.filterwarnings("ignore")  # what Pillow thinks of odd photos
def test_a_photo_that_pillow_decodes_to_its_end_is_not_refused() -> None:
    decoded = 0
    for path in camera_jpegs():
        data = path.read_bytes()
        try:
            with Image.open(BytesIO(data)) as image:
                if image.format not in ("JPEG", "MPO"):
                    continue
                image.load()
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
            continue
        decoded += 1
        try:
            plan(BytesSource(data), NOTHING)
        except TruncatedPhotoError:
            pytest.fail(f"{path} is whole")
        except Exception:  # noqa: BLE001, S112 # other damage is of no interest here
            continue
    assert decoded > 0
