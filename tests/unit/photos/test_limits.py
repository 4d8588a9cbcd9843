"""A photo that has as much of something as a limit allows is corrected; one that has more is refused.

Each photo here is small and the limit is set to what it has, then to one less.
"""

from importlib import import_module

import pytest

from galleria_storage.corrections.correction import Correction, parse_correction
from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.photo import correct_bytes
from tests.support.corrections.language import removing
from tests.support.photos import heifs
from tests.support.photos.camera_files import LITTLE, MAKER_NOTE, UNDEFINED, Field, camera_block, long, note_of, photo
from tests.support.photos.every_format import samples
from tests.support.photos.films import film, keys
from tests.support.photos.iptc_records import dataset, resource
from tests.support.photos.jpegs import segment, smallest

TIME = parse_correction({"corrected-timestamp": "2024-06-15T10:30:45+02:00"}, {})
SHIFT = parse_correction({"timestamp-offset-hours": "1"}, {})
NAMES = removing("names")

SAMPLES = {name: sample.data for name, sample in samples(2000, offset=True).items()}
EXIF = len(heifs.block(offset=True))
CAMERA = photo(camera_block(LITTLE, [Field(MAKER_NOTE, UNDEFINED, note_of(LITTLE, [(1, 4, 1, 0), (2, 4, 1, 0)]))]))
FILLED = CAMERA[:2] + b"\xff" * 4 + CAMERA[2:]
SUB_IFD = photo(camera_block(main=[long(LITTLE, 0x014A, 0)]))
PICTURES = photo(camera_block(), segment(0xE2, b"MPF\0II*\0\x08\0\0\0" + bytes(6)))
FILM = film(keys(b"2020-01-02T03:04:05+0100"))
_RESOURCES = resource(1028, dataset(80, b"Ada Lovelace"))
SPLIT = smallest(*(segment(0xED, b"Photoshop 3.0\0" + part) for part in (_RESOURCES[:20], _RESOURCES[20:])))


CASES: list[tuple[str, int, bytes, Correction]] = [
    ("boxes.MAX_BOXES", 3, FILM, SHIFT),
    ("exif.blob.MAX_BLOB", EXIF, SAMPLES["AVIF"], SHIFT),
    ("exif.survey.MAX_NOTES", 1, CAMERA, TIME),
    ("exif.survey.MAX_ENTRIES_OF_NOTES", 2, CAMERA, TIME),
    ("exif.tiff.MAX_IFDS", 2, CAMERA, TIME),
    ("exif.tiff.MAX_ENTRIES", 7, CAMERA, TIME),
    ("exif.tiff.MAX_COPIES", 1, CAMERA, TIME),
    ("exif.tiff.MAX_POINTERS", 1, CAMERA, TIME),
    ("exif.tiff_images.MAX_SUB_IFDS", 1, SUB_IFD, TIME),
    ("heif.exif_items.MAX_EXIF_ITEMS", 1, SAMPLES["AVIF"], SHIFT),
    ("heif.locations.MAX_ITEMS", 2, SAMPLES["AVIF"], SHIFT),
    ("heif.structure.MAX_TABLE", 48, SAMPLES["AVIF"], SHIFT),
    ("jp2.MAX_BLOB", EXIF, SAMPLES["JPEG 2000"], SHIFT),
    ("jp2.MAX_EXIF_BOXES", 1, SAMPLES["JPEG 2000"], SHIFT),
    ("jpeg.head.MAX_FILL", 4, FILLED, TIME),
    ("jpeg.head.MAX_SEGMENTS", 2, SPLIT, NAMES),
    ("jpeg.head_edit.MAX_BLOCKS", 1, CAMERA, TIME),
    ("jpeg.metadata.MAX_CONTINUED", 2, SPLIT, NAMES),
    ("jpeg.multi_picture.MAX_SEGMENTS", 1, PICTURES, TIME),
    ("jxl.MAX_BLOB", 4 + EXIF, SAMPLES["JPEG XL"], SHIFT),
    ("movie.MAX_BOXES", 11, SAMPLES["CR3"], SHIFT),
    ("movie.MAX_CHUNKS", 1, SAMPLES["CR3"], SHIFT),
    ("photoshop.MAX_BYTES", len(_RESOURCES), SPLIT, NAMES),
    ("png.chunks.MAX_EXIF", EXIF, SAMPLES["PNG"], SHIFT),
    ("png.chunks.MAX_HOLDERS", 1, SAMPLES["PNG"], SHIFT),
    ("png.metadata.MAX_TEXT", EXIF, SAMPLES["PNG"], NAMES),
    ("quicktime.fields.MAX_TABLE", 80, FILM, SHIFT),
    ("quicktime.fields.MAX_TRACKS", 1, FILM, SHIFT),
    ("quicktime.fields.MAX_WORDS", 1, FILM, SHIFT),
    ("quicktime.metadata.MAX_TABLE", 80, FILM, NAMES),
    ("tiff.planner.MAX_COPIES", 1, SAMPLES["TIFF"], SHIFT),
    ("webp.MAX_BLOB", EXIF, SAMPLES["WebP"], SHIFT),
    ("webp.MAX_CHUNKS", 3, SAMPLES["WebP"], SHIFT),
]


@pytest.mark.parametrize(("name", "has", "data", "correction"), CASES, ids=[name for name, *_ in CASES])
def test_a_photo_has_as_much_as_is_allowed_and_no_more(
    monkeypatch: pytest.MonkeyPatch, name: str, has: int, data: bytes, correction: Correction
) -> None:
    corrected = correct_bytes(data, correction)
    module, _, limit = name.rpartition(".")
    owner = import_module(f"galleria_storage.photos.{module}")
    assert getattr(owner, limit) > has
    monkeypatch.setattr(owner, limit, has)
    assert correct_bytes(data, correction) == corrected
    monkeypatch.setattr(owner, limit, has - 1)
    with pytest.raises(CorruptPhotoError):
        correct_bytes(data, correction)
