"""The twelve functions have the names, parameters and defaults that Galleria expects, and are quick to import."""

import hashlib
import inspect
import subprocess
import sys
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import piexif
import pytest
from PIL import Image

from galleria_storage import s3_storage
from galleria_storage.errors import ArgumentError, CorrectionError, UnsupportedFormatError
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


def test_a_photo_without_exif_gets_its_own_block() -> None:
    out = BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG")
    modified = modify_exif_in_memory(out.getvalue(), datetime(2021, 3, 4, 5, 6, 7), -5)
    assert capture(modified) == (b"2021:03:04 05:06:07", b"-05:00")
    assert capture(modify_exif_in_memory(out.getvalue(), datetime(2021, 3, 4, 5, 6, 7), 13))[1] is None


def test_what_is_not_a_jpeg_is_refused_in_words() -> None:
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


# --- what callers really pass


class Recorder:
    """Stands for boto3's client: records what it is asked to put."""

    def __init__(self) -> None:
        self.put: dict[str, Any] = {}

    def put_bucket_cors(self, **request: Any) -> None:
        self.put = request["CORSConfiguration"]

    def get_bucket_cors(self, **_: Any) -> dict[str, Any]:
        return self.put


@pytest.mark.parametrize("given", [[DEFAULT_RULE], (DEFAULT_RULE,), {"CORSRules": [DEFAULT_RULE]}])
def test_rules_are_taken_as_a_list_and_as_the_document_of_the_aws_command_line(given: Any) -> None:
    client: Any = Recorder()
    assert s3_storage.configure_bucket_cors(client, "photos", given) == {"success": True, "error": None}
    assert client.put == {"CORSRules": [DEFAULT_RULE]}
    assert cors_rules_match(given, [DEFAULT_RULE])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (None, "cors_rules is of type NoneType; allowed is a list of rules"),
        (DEFAULT_RULE, "cors_rules is of type dict"),
        ("[]", "cors_rules is of type str"),
        ([["GET"]], "a rule in cors_rules is of type list; allowed is a dictionary"),
        ([DEFAULT_RULE | {"AllowedMethods": "GET"}], "AllowedMethods in cors_rules is of type str"),
        ([DEFAULT_RULE | {"AllowedOrigins": [1]}], "AllowedOrigins in cors_rules is of type list"),
        ([DEFAULT_RULE | {"MaxAgeSeconds": "3600"}], "MaxAgeSeconds in cors_rules is of type str"),
    ],
)
def test_invalid_rules_are_answered_in_words(given: Any, words: str) -> None:
    client: Any = Recorder()
    answer = s3_storage.configure_bucket_cors(client, "photos", given)
    assert (answer["success"], client.put) == (False, {})
    assert words in answer["error"]
    with pytest.raises(ArgumentError):
        cors_rules_match(given, [DEFAULT_RULE])


@pytest.mark.parametrize("client", [None, "s3", {}, object()])
def test_what_is_not_a_client_is_answered_in_words(client: Any, tmp_path: Path) -> None:
    answers = [
        s3_storage.upload_file_to_s3(client, b"photo", "photos", "a.jpg")["error"],
        *s3_storage.upload_directory_to_s3(client, tmp_path, "photos")["errors"],
        s3_storage.get_bucket_cors(client, "photos")["error"],
        s3_storage.configure_bucket_cors(client, "photos", [])["error"],
        s3_storage.examine_bucket_cors(client, "photos")["error"],
    ]
    assert len(answers) == 5
    assert all("allowed is a client such as get_s3_client returns" in answer for answer in answers)
    for ask in (s3_storage.file_exists_in_s3, s3_storage.list_bucket_files):
        with pytest.raises(ArgumentError, match="client"):
            ask(client, "photos", "a.jpg")


def test_invalid_names_and_paths_are_answered_in_words() -> None:
    client: Any = Recorder()
    client.head_object = None
    upload = s3_storage.upload_file_to_s3
    client.meta = type("Meta", (), {"endpoint_url": "https://s3.example.org"})
    assert "bucket is empty" in upload(client, b"photo", "", "a.jpg")["error"]
    assert "key is of type int" in upload(client, b"photo", "photos", 1)["error"]  # type: ignore[arg-type]
    assert "local_path is of type int" in upload(client, 1, "photos", "a.jpg")["error"]  # type: ignore[arg-type]
    answer = s3_storage.upload_directory_to_s3(client, None, "photos")  # type: ignore[arg-type]
    assert (answer["success"], answer["errors"]) == (False, ["local_dir is of type NoneType; allowed is a path"])
    with pytest.raises(ArgumentError, match="file_path is of type bytes"):
        s3_storage.calculate_file_checksum(b"/tmp/a.jpg")  # type: ignore[arg-type]


def test_a_path_may_be_a_text(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"photo")
    path: Any = str(tmp_path / "a.jpg")
    assert s3_storage.calculate_file_checksum(path) == hashlib.sha256(b"photo").hexdigest()


@pytest.mark.parametrize("held", [bytearray, memoryview])
@pytest.mark.parametrize("time", [datetime(2021, 3, 4, 5, 6, 7), "2021-03-04T05:06:07", "2021-03-04 05:06:07"])
@pytest.mark.parametrize("hours", [-5, -5.0, "-5", Decimal(-5), Fraction(-5)])
def test_a_photo_a_time_and_an_offset_are_taken_in_every_form(photo: bytes, held: Any, time: Any, hours: Any) -> None:
    assert capture(modify_exif_in_memory(held(photo), time, hours)) == (b"2021:03:04 05:06:07", b"-05:00")


@pytest.mark.parametrize("hours", [None, True, "two", float("nan"), float("inf"), [2]])
def test_an_offset_that_is_not_a_number_is_refused_in_words(photo: bytes, hours: Any) -> None:
    with pytest.raises(ArgumentError, match="target_timezone_offset_hours is"):
        modify_exif_in_memory(photo, datetime(2021, 3, 4), hours)


@pytest.mark.parametrize("time", [None, "yesterday", 1614834367, date(2021, 3, 4)])
def test_an_invalid_time_is_refused_in_words(photo: bytes, time: Any) -> None:
    with pytest.raises(ArgumentError, match="corrected_timestamp is"):
        modify_exif_in_memory(photo, time, 13)


@pytest.mark.parametrize("value", [1, b"https://s3.example.org", Path("s3.example.org")])
def test_an_argument_of_a_client_that_is_not_text_is_refused_in_words(value: Any) -> None:
    for position in range(4):
        arguments: list[Any] = ["https://s3.example.org", "key", "secret", "us-east-1"]
        arguments[position] = value
        with pytest.raises(ArgumentError, match="allowed is a string"):
            s3_storage.get_s3_client(*arguments)
