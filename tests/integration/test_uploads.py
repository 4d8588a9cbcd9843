"""Uploading one file or bytes: the same content never twice, changed content always, and what is stored is right."""

import gzip
import hashlib
import os
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.awsrequest import AWSResponse

from galleria_storage.errors import BucketNotFoundError
from galleria_storage.s3.objects import ObjectStore
from galleria_storage.s3.profiles import AWS, CEPH, SEAWEEDFS, ProviderProfile
from galleria_storage.s3_storage import file_exists_in_s3, list_bucket_files, upload_file_to_s3
from galleria_storage.transfer.digests import SHA256_METADATA
from galleria_storage.transfer.file_upload import upload
from galleria_storage.transfer.sizes import MIB
from tests.support.servers import S3Server
from tests.support.servers.gallery import Buckets
from tests.support.servers.request_log import RequestLog

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

KEYS = {"success", "skipped", "file_size", "checksum", "upload_time", "error"}
PHOTO = b"\xff\xd8\xff\xe0 a photo \xff\xd9" * 1000


@pytest.fixture
def key(prefix: str) -> str:
    return f"{prefix}été 50% + 1.jpg"


@pytest.fixture
def missing() -> str:
    """Name a bucket that does not exist."""
    return f"missing-{uuid.uuid4().hex}"


def stored(s3: "S3Client", bucket: str, key: str) -> dict[str, Any]:
    answer = s3.get_object(Bucket=bucket, Key=key)
    names = {name.lower(): value for name, value in answer["Metadata"].items()}
    return {"body": answer["Body"].read(), "type": answer["ContentType"], "sha256": names.get(SHA256_METADATA)}


@pytest.fixture(params=["path", "bytes"])
def photo(request: pytest.FixtureRequest, tmp_path: Path) -> Path | bytes:
    """The same photo as a path and as bytes."""
    path = tmp_path / "photo.jpg"
    path.write_bytes(PHOTO)
    return path if request.param == "path" else PHOTO


def test_a_packed_drawing_arrives_with_its_encoding_and_one_that_is_not_packed_without(
    client: "S3Client", s3: "S3Client", server: S3Server, buckets: Buckets, prefix: str
) -> None:
    if server.name == "juicefs":
        pytest.skip("JuiceFS keeps no Content-Encoding")
    for name, data, encoding in (("a.svgz", gzip.compress(b"<svg/>"), "gzip"), ("b.svgz", b"<svg/>", None)):
        assert upload_file_to_s3(client, data, buckets.public, prefix + name)["success"]
        head = s3.head_object(Bucket=buckets.public, Key=prefix + name)
        assert (head["ContentType"], head.get("ContentEncoding") or None) == ("image/svg+xml", encoding)


def test_a_photo_arrives_with_its_media_type_and_its_sha256(
    client: "S3Client", s3: "S3Client", buckets: Buckets, key: str, photo: Path | bytes
) -> None:
    result = upload_file_to_s3(client, photo, buckets.public, key)
    sha256 = hashlib.sha256(PHOTO).hexdigest()
    assert set(result) == KEYS
    assert result | {"upload_time": 0} == {
        "success": True,
        "skipped": False,
        "file_size": len(PHOTO),
        "checksum": sha256,
        "upload_time": 0,
        "error": None,
    }
    assert stored(s3, buckets.public, key) == {"body": PHOTO, "type": "image/jpeg", "sha256": sha256}


def test_the_same_content_is_sent_once(client: "S3Client", buckets: Buckets, key: str) -> None:
    upload_file_to_s3(client, PHOTO, buckets.public, key)
    log = RequestLog(client)
    result = upload_file_to_s3(client, PHOTO, buckets.public, key)
    assert (result["success"], result["skipped"]) == (True, True)
    assert log == [f"HEAD /{buckets.public}/{key}"]


@pytest.mark.parametrize("changed", [PHOTO[:-1] + b"x", PHOTO + b"x", b""], ids=["same size", "longer", "empty"])
def test_changed_content_under_the_same_key_is_uploaded(
    client: "S3Client", s3: "S3Client", buckets: Buckets, key: str, changed: bytes
) -> None:
    upload_file_to_s3(client, PHOTO, buckets.public, key)
    result = upload_file_to_s3(client, changed, buckets.public, key)
    assert (result["success"], result["skipped"]) == (True, False)
    assert stored(s3, buckets.public, key)["body"] == changed


def test_content_that_another_tool_uploaded_is_recognised_by_size_and_etag(
    client: "S3Client", s3: "S3Client", buckets: Buckets, key: str
) -> None:
    s3.put_object(Bucket=buckets.public, Key=key, Body=PHOTO)
    assert upload_file_to_s3(client, PHOTO, buckets.public, key)["skipped"]


def test_the_recorded_sha256_decides_where_the_etag_is_not_an_md5(
    client: "S3Client", buckets: Buckets, key: str
) -> None:
    def encrypt(parsed: dict[str, Any], **_: Any) -> None:
        """Answer as a bucket encrypted by KMS does."""
        parsed["ETag"] = '"00000000000000000000000000000000"'
        parsed["ServerSideEncryption"] = "aws:kms"

    def match_anything(params: dict[str, Any], **_: Any) -> None:
        """The ETag that is answered is not the one that the server has."""
        params.pop("IfMatch", None)

    for operation in ("PutObject", "HeadObject", "GetObject"):
        client.meta.events.register(f"after-call.s3.{operation}", encrypt)
        client.meta.events.register(f"before-parameter-build.s3.{operation}", match_anything)
    first, second, third = (upload_file_to_s3(client, c, buckets.public, key) for c in (PHOTO, PHOTO, PHOTO[::-1]))
    assert [r["success"] for r in (first, second, third)] == [True, True, True]
    assert [r["skipped"] for r in (first, second, third)] == [False, True, False]


def test_progress_adds_up_to_the_size(client: "S3Client", buckets: Buckets, key: str) -> None:
    sent: list[int] = []
    upload_file_to_s3(client, os.urandom(100_000), buckets.public, key, sent.append)
    assert sum(sent) == 100_000
    assert min(sent) > 0


def test_an_error_of_the_progress_callback_reaches_the_caller(client: "S3Client", buckets: Buckets, key: str) -> None:
    def broken(_sent: int) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        upload_file_to_s3(client, PHOTO, buckets.public, key, broken)


def test_a_large_file_goes_in_parts_and_is_not_sent_again(
    client: "S3Client", s3: "S3Client", buckets: Buckets, prefix: str, tmp_path: Path
) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(os.urandom(MIB) * 70)
    sent: list[int] = []
    log = RequestLog(client)
    first = upload_file_to_s3(client, path, buckets.public, f"{prefix}clip.mp4", sent.append)
    assert (log.count("PUT"), log.count("POST")) == (7, 2)
    log.clear()
    second = upload_file_to_s3(client, path, buckets.public, f"{prefix}clip.mp4")
    found = s3.head_object(Bucket=buckets.public, Key=f"{prefix}clip.mp4")
    assert (first["error"], first["skipped"], second["skipped"]) == (None, False, True)
    assert (found["ContentLength"], found["ContentType"], sum(sent)) == (70 * MIB, "video/mp4", 70 * MIB)
    assert log == [f"HEAD /{buckets.public}/{prefix}clip.mp4"]


@pytest.mark.parametrize(
    ("profile", "digest", "announced"),
    [(AWS, "ChecksumCRC32", "CRC32"), (CEPH, "ContentMD5", None)],
    ids=["crc32", "md5"],
)
def test_the_parts_of_a_large_file_carry_what_their_profile_checks(  # noqa: PLR0917 # fixtures
    client: "S3Client",
    server: S3Server,
    buckets: Buckets,
    key: str,
    profile: ProviderProfile,
    digest: str,
    announced: str | None,
) -> None:
    """AWS refuses to complete an upload that was begun with an algorithm unless every part names its checksum."""
    if announced and server.name not in {"moto", "seaweedfs"}:
        pytest.skip(f"{server.name} keeps no CRC-32")
    calls: list[tuple[str, dict[str, Any]]] = []
    client.meta.events.register(
        "before-parameter-build.s3", lambda params, model, **_: calls.append((model.name, dict(params)))
    )
    content = os.urandom(MIB) * 65
    upload(ObjectStore(client, buckets.public, profile), content, key)
    sent = [params for name, params in calls if name == "UploadPart"]
    completed = next(params for name, params in calls if name == "CompleteMultipartUpload")["MultipartUpload"]["Parts"]
    assert [{n for n in ("ChecksumCRC32", "ContentMD5") if n in params} for params in sent] == 7 * [{digest}]
    assert next(params for name, params in calls if name.startswith("Create")).get("ChecksumAlgorithm") == announced
    answered = announced is not None and server.name != "moto"  # which does not answer with a part's checksum
    assert [("ChecksumCRC32" in part) for part in completed] == 7 * [answered]
    assert client.get_object(Bucket=buckets.public, Key=key)["Body"].read() == content


def test_a_part_that_fails_leaves_no_unfinished_upload(
    client: "S3Client", s3: "S3Client", buckets: Buckets, prefix: str, tmp_path: Path
) -> None:
    def refuse(params: dict[str, Any], **_: Any) -> None:
        if params["PartNumber"] == 3:
            params["UploadId"] = "no-such-upload"

    client.meta.events.register("before-parameter-build.s3.UploadPart", refuse)
    path = tmp_path / "clip.mp4"
    path.write_bytes(bytes(65 * MIB))
    result = upload_file_to_s3(client, path, buckets.public, f"{prefix}clip.mp4")
    unfinished = s3.list_multipart_uploads(Bucket=buckets.public).get("Uploads", [])
    assert (result["success"], [u["Key"] for u in unfinished if u["Key"].startswith(prefix)]) == (False, [])
    assert not file_exists_in_s3(client, buckets.public, f"{prefix}clip.mp4")


def test_a_file_that_changes_while_it_is_sent_is_reported(
    client: "S3Client", buckets: Buckets, key: str, tmp_path: Path
) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(PHOTO)

    def change(_sent: int) -> None:
        path.write_bytes(PHOTO + b"a later edit")

    result = upload_file_to_s3(client, path, buckets.public, key, change)
    assert not result["success"]
    assert result["error"] == "'photo.jpg' changed while it was uploaded; run the upload again"


def test_a_provider_that_alters_what_it_stores_is_found_out(
    client: "S3Client", s3: "S3Client", buckets: Buckets, key: str
) -> None:
    def alter(parsed: dict[str, Any], **_: Any) -> None:
        parsed["ETag"] = s3.put_object(Bucket=buckets.public, Key=key, Body=PHOTO[::-1])["ETag"]

    client.meta.events.register("after-call.s3.PutObject", alter)
    result = upload_file_to_s3(client, PHOTO, buckets.public, key)
    assert not result["success"]
    assert "was not stored as it was sent" in result["error"]


def test_an_answer_that_says_nothing_is_not_success(client: "S3Client", buckets: Buckets, key: str) -> None:
    """A gateway in maintenance answers 200 to whatever it is asked."""

    def swallow(model: Any, **_: Any) -> tuple[AWSResponse, dict[str, Any]] | None:
        answer: dict[str, Any] = {"ResponseMetadata": {"HTTPStatusCode": 200}}
        return (AWSResponse("", 200, {}, None), answer) if model.name == "PutObject" else None

    client.meta.events.register("before-call.s3", swallow)
    result = upload_file_to_s3(client, PHOTO, buckets.public, key)
    assert not result["success"]
    assert "the object is missing after the write" in result["error"]


@pytest.mark.parametrize("meanwhile", [PHOTO, b"somebody else's"], ids=["the same", "another"])
def test_somebody_else_who_writes_meanwhile_is_seen_where_conditions_count(  # noqa: PLR0917 # fixtures
    client: "S3Client", s3: "S3Client", server: S3Server, buckets: Buckets, key: str, meanwhile: bytes
) -> None:
    if server.name not in {"moto", "seaweedfs"}:
        pytest.skip(f"{server.name} does not obey If-None-Match")
    written = []

    def write(**_: Any) -> None:
        if not written:
            written.append(s3.put_object(Bucket=buckets.public, Key=key, Body=meanwhile))

    client.meta.events.register("before-call.s3.PutObject", write)
    log, sent = RequestLog(client), list[int]()
    upload(ObjectStore(client, buckets.public, SEAWEEDFS), PHOTO, key, sent.append)
    assert (stored(s3, buckets.public, key)["body"], sum(sent)) == (PHOTO, len(PHOTO))
    assert (log.count("HEAD"), log.count("PUT")) == ((2, 1) if meanwhile == PHOTO else (2, 2))


def test_a_provider_that_cannot_compare_etags_gets_the_file_all_the_same(
    client: "S3Client", s3: "S3Client", buckets: Buckets, key: str
) -> None:
    """Some answer 412 to every If-Match (Ceph in versioned buckets)."""

    def mistake(params: dict[str, Any], **_: Any) -> None:
        if "IfMatch" in params:
            params["IfMatch"] = '"another"'

    client.meta.events.register("before-parameter-build.s3.PutObject", mistake)
    store = ObjectStore(client, buckets.public, SEAWEEDFS)
    for content in (PHOTO, PHOTO[::-1]):
        upload(store, content, key)
        assert stored(s3, buckets.public, key)["body"] == content


def test_a_missing_bucket_is_named(client: "S3Client", server: S3Server, missing: str) -> None:
    if server.name == "seaweedfs":
        pytest.skip("SeaweedFS makes a bucket of whatever an administrator uploads to")
    result = upload_file_to_s3(client, PHOTO, missing, "photo.jpg")
    assert set(result) == KEYS
    assert not result["success"]
    assert missing in result["error"]
    assert "the bucket does not exist" in result["error"]


@pytest.mark.parametrize("key", ["", "é" * 513])
def test_a_key_that_no_object_can_have_is_refused_in_words(client: "S3Client", buckets: Buckets, key: str) -> None:
    result = upload_file_to_s3(client, PHOTO, buckets.public, key)
    assert "allowed are 1 to 1024" in result["error"]


def test_a_missing_file_is_named(client: "S3Client", buckets: Buckets, key: str, tmp_path: Path) -> None:
    result = upload_file_to_s3(client, tmp_path / "gone.jpg", buckets.public, key)
    assert result["error"] == "'gone.jpg' cannot be read: No such file or directory"


def test_an_object_exists_or_does_not(client: "S3Client", buckets: Buckets, key: str) -> None:
    assert not file_exists_in_s3(client, buckets.public, key)
    upload_file_to_s3(client, PHOTO, buckets.public, key)
    assert file_exists_in_s3(client, buckets.public, key)


def test_a_missing_bucket_is_not_a_missing_key(client: "S3Client", missing: str) -> None:
    with pytest.raises(BucketNotFoundError, match=missing):
        file_exists_in_s3(client, missing, "photo.jpg")


def test_a_listing_holds_what_begins_with_the_prefix(client: "S3Client", buckets: Buckets, prefix: str) -> None:
    for name in ("a.jpg", "b c+d.jpg", "sub/été.jpg"):
        upload_file_to_s3(client, PHOTO, buckets.public, prefix + name)
    assert sorted(list_bucket_files(client, buckets.public, prefix)) == [
        f"{prefix}a.jpg",
        f"{prefix}b c+d.jpg",
        f"{prefix}sub/été.jpg",
    ]
    assert list_bucket_files(client, buckets.public, f"{prefix}none") == []


def test_a_listing_that_fails_is_an_error_and_not_an_empty_list(client: "S3Client", missing: str) -> None:
    with pytest.raises(BucketNotFoundError):
        list_bucket_files(client, missing)
