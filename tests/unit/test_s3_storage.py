"""The seed's twelve functions have the seed's names, parameters and defaults, and cost nothing to import."""

import inspect
import subprocess
import sys
from datetime import datetime
from io import BytesIO
from typing import Any

import piexif
import pytest
from PIL import Image

from galleria_storage import s3_storage
from galleria_storage.errors import CorrectionError, UnsupportedFormatError
from galleria_storage.s3_storage import (
    cors_rules_match,
    get_default_gallery_cors_rules,
    modify_exif_in_memory,
)

SIGNATURES = {
    "get_s3_client": "endpoint, access_key, secret_key, region",
    "upload_file_to_s3": "client, local_path, bucket, key, progress_callback=None",
    "upload_directory_to_s3": "client, local_dir, bucket, prefix='', dry_run=False, progress_callback=None",
    "modify_exif_in_memory": "image_bytes, corrected_timestamp, target_timezone_offset_hours",
    "file_exists_in_s3": "client, bucket, key",
    "calculate_file_checksum": "file_path",
    "list_bucket_files": "client, bucket, prefix=''",
    "get_bucket_cors": "client, bucket",
    "configure_bucket_cors": "client, bucket, cors_rules",
    "get_default_gallery_cors_rules": "",
    "cors_rules_match": "current_rules, expected_rules",
    "examine_bucket_cors": "client, bucket",
}
DEFAULT_RULE = {
    "AllowedMethods": ["GET", "HEAD"],
    "AllowedOrigins": ["*"],
    "AllowedHeaders": ["*"],
    "ExposeHeaders": ["ETag"],
    "MaxAgeSeconds": 3600,
}


@pytest.fixture
def photo() -> bytes:
    """A photo taken at noon, two hours east of Greenwich."""
    tags = {piexif.ExifIFD.DateTimeOriginal: b"2024:06:15 12:00:00", piexif.ExifIFD.OffsetTimeOriginal: b"+02:00"}
    out = BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG", exif=piexif.dump({"Exif": tags}))
    return out.getvalue()


def capture(photo: bytes) -> tuple[bytes, bytes | None]:
    tags = piexif.load(photo)["Exif"]
    return tags[piexif.ExifIFD.DateTimeOriginal], tags.get(piexif.ExifIFD.OffsetTimeOriginal)


@pytest.mark.parametrize("name", SIGNATURES)
def test_a_function_has_the_seeds_parameters(name: str) -> None:
    parameters = inspect.signature(getattr(s3_storage, name)).parameters.values()
    bare = [p.replace(annotation=inspect.Parameter.empty) for p in parameters]
    assert ", ".join(str(parameter) for parameter in bare) == SIGNATURES[name]


def test_the_module_offers_these_twelve_and_nothing_else() -> None:
    assert sorted(s3_storage.__all__) == sorted(SIGNATURES)


@pytest.mark.parametrize("heavy", ["boto3", "botocore", "piexif", "zoneinfo"])
def test_importing_the_module_does_not_import(heavy: str) -> None:
    code = f"import sys, galleria_storage.s3_storage; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("hours", "offset"), [(-5, b"-05:00"), (1, b"+01:00"), (0, b"+00:00"), (5.5, b"+05:30"), (13, b"+02:00")]
)
def test_a_capture_time_and_its_offset_are_set(photo: bytes, hours: float, offset: bytes) -> None:
    modified = modify_exif_in_memory(photo, datetime(2021, 3, 4, 5, 6, 7), hours)
    assert capture(modified) == (b"2021:03:04 05:06:07", offset)
    assert len(modified) == len(photo)


def test_a_photo_without_exif_gets_a_block_of_its_own() -> None:
    out = BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG")
    modified = modify_exif_in_memory(out.getvalue(), datetime(2021, 3, 4, 5, 6, 7), -5)
    assert capture(modified) == (b"2021:03:04 05:06:07", b"-05:00")
    assert capture(modify_exif_in_memory(out.getvalue(), datetime(2021, 3, 4, 5, 6, 7), 13))[1] is None


def test_what_is_no_jpeg_is_refused_in_words() -> None:
    with pytest.raises(UnsupportedFormatError, match="no known image format"):
        modify_exif_in_memory(b"<html>", datetime(2021, 3, 4), -5)


def test_a_zone_that_does_not_exist_is_refused(photo: bytes) -> None:
    with pytest.raises(CorrectionError):
        modify_exif_in_memory(photo, datetime(2021, 3, 4), 15)


def test_the_default_rules_are_the_seeds_and_new_each_time() -> None:
    rules = get_default_gallery_cors_rules()
    assert rules == [DEFAULT_RULE]
    rules[0]["AllowedMethods"].append("PUT")
    assert get_default_gallery_cors_rules() == [DEFAULT_RULE]


@pytest.mark.parametrize(
    "change",
    [
        {"AllowedMethods": ["HEAD", "GET"]},
        {"ExposeHeaders": ["etag"]},
        {"ID": "a name"},
    ],
)
def test_rules_match_where_only_what_means_nothing_differs(change: dict[str, Any]) -> None:
    assert cors_rules_match([DEFAULT_RULE | change], [DEFAULT_RULE])


@pytest.mark.parametrize(
    "change",
    [
        {"AllowedMethods": ["GET"]},
        {"AllowedMethods": ["GET", "HEAD", "PUT"]},
        {"AllowedOrigins": ["https://gallery.example"]},
        {"AllowedHeaders": []},
        {"ExposeHeaders": []},
        {"MaxAgeSeconds": 60},
    ],
)
def test_rules_do_not_match_where_any_of_the_five_fields_differs(change: dict[str, Any]) -> None:
    assert not cors_rules_match([DEFAULT_RULE | change], [DEFAULT_RULE])
