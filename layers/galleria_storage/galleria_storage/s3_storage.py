"""The twelve functions of Galleria's storage service, with their signatures and result keys.

A thin layer: each function calls the part of this library that does the work,
and puts the message of an error into the result's ``error``. A result always
has every key. Functions that do not return a dictionary raise
`galleria_storage.errors.GalleriaError`.
"""

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from galleria_storage import _arguments as given
from galleria_storage.bulk import directories
from galleria_storage.cors.compare import same_rules
from galleria_storage.cors.rules import default_gallery_rules, found_rules
from galleria_storage.errors import GalleriaError
from galleria_storage.s3 import bucket_cors, listing
from galleria_storage.s3.clients import get_s3_client
from galleria_storage.s3.objects import ObjectStore
from galleria_storage.s3.profiles import profile_of_client
from galleria_storage.transfer import digests, existing, file_upload

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

__all__ = [
    "calculate_file_checksum",
    "configure_bucket_cors",
    "cors_rules_match",
    "examine_bucket_cors",
    "file_exists_in_s3",
    "get_bucket_cors",
    "get_default_gallery_cors_rules",
    "get_s3_client",
    "list_bucket_files",
    "modify_exif_in_memory",
    "upload_directory_to_s3",
    "upload_file_to_s3",
]


def upload_file_to_s3(
    client: "S3Client",
    local_path: Path | bytes,
    bucket: str,
    key: str,
    progress_callback: Callable[[int], None] | None = None,
) -> dict[str, Any]:
    """Upload a file or bytes, unless the same content is already stored under the key.

    Parameters
    ----------
    client
        From `get_s3_client`, or any boto3 S3 client; threads may share it.
    local_path
        A path, or the content itself.
    progress_callback
        Called with the number of bytes sent since the last call (as boto3
        does); the numbers add up to the size. Not called for what is skipped.

    Returns
    -------
    dict
        ``success``; ``skipped``: the same content was there; ``file_size`` in
        bytes; ``checksum``: SHA-256 in hexadecimal, which is recorded on the
        object too; ``upload_time`` in seconds; ``error``: None, or what went
        wrong (size and checksum are then 0 and empty).
    """
    started = time.monotonic()
    result = {"success": False, "skipped": False, "file_size": 0, "checksum": "", "upload_time": 0.0, "error": None}
    try:
        done = file_upload.upload(
            _store(client, bucket),
            given.content_argument("local_path", local_path),
            given.text_argument("key", key),
            given.callback_argument("progress_callback", progress_callback),
        )
    except GalleriaError as error:
        result["error"] = _in_words(error)
    else:
        size, sha256 = done.digests.size, done.digests.sha256
        result |= {"success": True, "skipped": done.skipped, "file_size": size, "checksum": sha256}
    return result | {"upload_time": time.monotonic() - started}


def upload_directory_to_s3(  # noqa: PLR0917 # the signature of Galleria's storage service
    client: "S3Client",
    local_dir: Path,
    bucket: str,
    prefix: str = "",
    dry_run: bool = False,
    progress_callback: Callable[[str, int, int], None] | None = None,
) -> dict[str, Any]:
    """Upload a folder with everything in it, and only what is new or changed.

    Names that begin with a dot are left out; links are followed (see
    `bulk.walk.list_files`).

    Parameters
    ----------
    prefix
        Put before each name, separated by one ``/``.
    dry_run
        Do everything except writing: the result is that of a real run.
    progress_callback
        ``callback(name, done, total)`` after each file, whatever its result, in the calling thread; `done` counts from
        1 to `total`.

    Returns
    -------
    dict
        ``success``: no file failed; ``total_files``, the sum of
        ``uploaded_files``, ``skipped_files`` and ``failed_files``;
        ``total_size``: bytes of all files that can be read; ``upload_time``
        in seconds; ``errors``: one text for each failure, sorted.
    """
    started = time.monotonic()
    try:
        done = directories.upload_directory(
            _store(client, bucket),
            given.path_argument("local_dir", local_dir),
            given.text_argument("prefix", prefix),
            dry_run=dry_run,
            progress=given.callback_argument("progress_callback", progress_callback),
        )
    except GalleriaError as error:
        done = directories.DirectoryUpload(errors=[_in_words(error)])
    return {
        "success": not done.errors,
        "total_files": done.total,
        "uploaded_files": done.uploaded,
        "skipped_files": done.skipped,
        "failed_files": done.failed,
        "total_size": done.total_size,
        "upload_time": time.monotonic() - started,
        "errors": done.errors,
    }


def modify_exif_in_memory(
    image_bytes: bytes, corrected_timestamp: datetime, target_timezone_offset_hours: float
) -> bytes:
    """Return a photo with another capture time and capture offset, and nothing else changed.

    Parameters
    ----------
    corrected_timestamp
        Becomes DateTimeOriginal.
    target_timezone_offset_hours
        Becomes OffsetTimeOriginal, ``±HH:MM``; halves and quarters of an hour
        are allowed. 13 leaves the offset as it is.

    Raises
    ------
    UnsupportedFormatError, CorruptPhotoError, CorrectionError
        The bytes are not a photo that can be corrected, the photo is damaged, or a value is out of range.
    ArgumentError
        The arguments are not a photo's bytes, a time (or its text in ISO 8601)
        and a number.
    """
    from galleria_storage.corrections.correction import Correction  # noqa: PLC0415 # lazy: only this function needs Exif
    from galleria_storage.photos.photo import correct_bytes  # noqa: PLC0415 # the same

    return correct_bytes(
        given.bytes_argument("image_bytes", image_bytes),
        Correction.absolute(
            given.time_argument("corrected_timestamp", corrected_timestamp),
            given.hours_argument("target_timezone_offset_hours", target_timezone_offset_hours),
        ),
    )


def file_exists_in_s3(client: "S3Client", bucket: str, key: str) -> bool:
    """Whether there is an object under the key, whatever its content.

    Raises
    ------
    BucketNotFoundError
        The bucket does not exist: a missing bucket is not a missing key.
    ProviderError
        The request failed, so this is unknown.
    """
    return existing.exists(_store(client, bucket), given.name_argument("key", key))


def calculate_file_checksum(file_path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal; the file is read in pieces.

    Raises
    ------
    LocalFileError
        The file cannot be read.
    """
    return digests.file_sha256(given.path_argument("file_path", file_path))


def list_bucket_files(client: "S3Client", bucket: str, prefix: str = "") -> list[str]:
    """Return all keys that begin with `prefix`, however many there are.

    Raises
    ------
    ProviderError
        The keys could not be listed: an error is never an empty list.
        `BucketNotFoundError` if the bucket does not exist.
    """
    store = _store(client, bucket)
    return [found.key for found in listing.list_objects(client, store.bucket, given.text_argument("prefix", prefix))]


def get_bucket_cors(client: "S3Client", bucket: str) -> dict[str, Any]:
    """Return the bucket's CORS rules.

    Returns
    -------
    dict
        ``success``; ``cors_rules``: as the S3 API returns them, empty if there
        are none; ``error``: None, or what went wrong.
    """
    try:
        rules = bucket_cors.fetch_rules(given.client_argument(client), given.name_argument("bucket", bucket))
    except GalleriaError as error:
        return {"success": False, "cors_rules": [], "error": _in_words(error)}
    return {"success": True, "cors_rules": rules, "error": None}


def configure_bucket_cors(client: "S3Client", bucket: str, cors_rules: list[dict[str, Any]]) -> dict[str, Any]:
    """Replace the bucket's CORS rules with a list of rules, or with those of ``{"CORSRules": […]}``.

    Returns
    -------
    dict
        ``success``; ``error``: None, or what went wrong.
    """
    try:
        bucket_cors.put_rules(
            given.client_argument(client),
            given.name_argument("bucket", bucket),
            given.rules_argument("cors_rules", cors_rules),
        )
    except GalleriaError as error:
        return {"success": False, "error": _in_words(error)}
    return {"success": True, "error": None}


def get_default_gallery_cors_rules() -> list[dict[str, Any]]:
    """Return the rules that a web gallery needs: GET and HEAD from any origin, ETag readable, cached for an hour."""
    return default_gallery_rules()


def cors_rules_match(current_rules: list[dict[str, Any]], expected_rules: list[dict[str, Any]]) -> bool:
    """Whether both are the same rules in all five fields; order and letter case count only where they matter.

    Raises
    ------
    ArgumentError
        One of them is neither a list of rules nor ``{"CORSRules": […]}``.
    """
    current = given.rules_argument("current_rules", current_rules)
    expected = given.rules_argument("expected_rules", expected_rules)
    return same_rules(found_rules(current), found_rules(expected))


def examine_bucket_cors(client: "S3Client", bucket: str) -> dict[str, Any]:
    """Compare the bucket's CORS rules with the default ones.

    Returns
    -------
    dict
        ``success``: the rules could be read; ``configured``: there are any;
        ``current_rules``, ``expected_rules``; ``needs_update``: they differ
        (False if unknown); ``error``: None, or what went wrong.
    """
    expected = get_default_gallery_cors_rules()
    found = get_bucket_cors(client, bucket)
    current = found["cors_rules"]
    return {
        "success": found["success"],
        "configured": bool(current),
        "current_rules": current,
        "expected_rules": expected,
        "needs_update": found["success"] and not cors_rules_match(current, expected),
        "error": found["error"],
    }


def _store(client: "S3Client", bucket: str) -> ObjectStore:
    return ObjectStore(given.client_argument(client), given.name_argument("bucket", bucket), profile_of_client(client))


def _in_words(error: GalleriaError) -> str:
    return f"{error.message}. {error.advice}" if error.advice else error.message
