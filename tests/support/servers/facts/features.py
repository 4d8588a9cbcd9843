"""Tags, CORS, checksums and versions: what there is, and what is checked."""

import functools
import hashlib
import urllib.error
import urllib.request
import zlib
from base64 import b64encode
from collections.abc import Callable  # noqa: TC003 # annotations of locals, kept plain
from typing import Any, Final, Literal

from botocore.exceptions import ClientError

from galleria_storage.s3.sdk.signing import DigestedBody, sign_known_digests
from tests.support.servers.facts import conditions
from tests.support.servers.facts.site import Site, handler, status, with_content_md5

ORIGIN: Final = "https://gallery.example"
MIB: Final = 1 << 20


def object_tags(site: Site) -> bool:
    try:
        key = site.put(Tagging="target-timezone=Europe%2FStockholm")
        tags = site.client.get_object_tagging(Bucket=site.bucket, Key=key)["TagSet"]
    except ClientError:
        return False
    return tags == [{"Key": "target-timezone", "Value": "Europe/Stockholm"}]


def cors_api(site: Site) -> bool:
    return _put_cors(site, "GET") < 300


def expose_header_wildcard(site: Site) -> bool:
    return _put_cors(site, "GET", ExposeHeaders=["*"]) < 300


def cors_enforced(site: Site) -> bool:
    if _put_cors(site, "GET") >= 300:
        return False
    return _reads_from(site, ORIGIN) and not _reads_from(site, "https://elsewhere.example")


def cors_order(site: Site) -> Literal["aws", "ceph"]:
    """Put a rule for writing before one for reading: who looks at the origin alone does not find the second.

    A server may look at the origin alone for the preflight and not for the request itself; then ``ceph`` is cautious.
    """
    if not cors_enforced(site):
        return "aws"
    _put_cors(site, "PUT", "GET")
    return "aws" if _reads_from(site, ORIGIN) and _preflight_allows(site, ORIGIN, "GET") else "ceph"


def _put_cors(site: Site, *methods: str, **more: list[str]) -> int:
    """Put one rule for each method; return the HTTP status."""
    rules = [{"AllowedOrigins": [ORIGIN], "AllowedMethods": [method], **more} for method in methods]
    with with_content_md5(site.client, "PutBucketCors"):
        return status(
            lambda: site.client.put_bucket_cors(Bucket=site.bucket, CORSConfiguration={"CORSRules": rules})  # type: ignore[typeddict-item] # methods are texts here
        )


def _reads_from(site: Site, origin: str) -> bool:
    """Tell whether a page of this origin may read an object, as its browser would judge the answer to GET."""
    url = site.client.generate_presigned_url("get_object", Params={"Bucket": site.bucket, "Key": site.put()})
    request = urllib.request.Request(url, headers={"Origin": origin})  # noqa: S310 # our own http address
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 # the same
        return answer.headers.get("Access-Control-Allow-Origin") in {origin, "*"}


def _preflight_allows(site: Site, origin: str, method: str) -> bool:
    """Tell whether the answer to a preflight, which nobody signs, names the method."""
    headers = {"Origin": origin, "Access-Control-Request-Method": method}
    url = f"{site.client.meta.endpoint_url}/{site.bucket}/{site.put()}"
    request = urllib.request.Request(url, method="OPTIONS", headers=headers)  # noqa: S310 # our own http address
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 # the same
            return method in (answer.headers.get("Access-Control-Allow-Methods") or "").replace(" ", "").split(",")
    except urllib.error.HTTPError as error:
        error.close()
        return False


def request_checksums(site: Site) -> Literal["when_supported", "when_required"]:
    """Send a trailing checksum, as boto3 does by default over https, and look at what was stored."""

    def trail(params: dict[str, Any], **_: Any) -> None:
        algorithm = {"algorithm": "crc32", "in": "trailer", "name": "x-amz-checksum-crc32"}
        params["context"]["checksum"] = {"request_algorithm": algorithm}

    with handler(site.client, "PutObject", trail):
        try:
            key = site.put(b"photo")
        except ClientError:
            return "when_required"
    stored = site.client.get_object(Bucket=site.bucket, Key=key)
    intact = stored["Body"].read() == b"photo" and "aws-chunked" not in stored.get("ContentEncoding", "")
    return "when_supported" if intact else "when_required"


def content_md5(site: Site) -> frozenset[str]:
    """Return the operations that are refused with boto3's CRC32 and accepted with Content-MD5."""
    rules = {"CORSRules": [{"AllowedOrigins": [ORIGIN], "AllowedMethods": ["GET"]}]}
    calls: dict[str, Callable[[], Any]] = {
        "DeleteObjects": lambda: site.client.delete_objects(
            Bucket=site.bucket, Delete={"Objects": [{"Key": site.put()}]}
        ),
        "PutBucketCors": lambda: site.client.put_bucket_cors(Bucket=site.bucket, CORSConfiguration=rules),  # type: ignore[typeddict-item] # the same
    }
    refused = {operation for operation, call in calls.items() if status(call) >= 300}
    accepted = set()
    for operation in refused:
        with with_content_md5(site.client, operation):
            if status(calls[operation]) < 300:
                accepted.add(operation)
    return frozenset(accepted)


def content_md5_checked(site: Site) -> bool:
    wrong = b64encode(hashlib.md5(b"other", usedforsecurity=False).digest()).decode()
    return status(lambda: site.client.put_object(Bucket=site.bucket, Key="md5", Body=b"photo", ContentMD5=wrong)) >= 300


def sha256_checked(site: Site) -> bool:
    target = {"Bucket": site.bucket, "Key": f"{site.put()}-sha256"}
    right, wrong = (b64encode(hashlib.sha256(body).digest()).decode() for body in (b"photo", b"other"))
    if status(lambda: site.client.put_object(**target, Body=b"photo", ChecksumSHA256=wrong)) < 300:
        return False
    site.client.put_object(**target, Body=b"photo", ChecksumSHA256=right)
    return site.client.head_object(**target, ChecksumMode="ENABLED").get("ChecksumSHA256") == right


def crc32_checked(site: Site) -> bool:
    """Send parts with a wrong and a right CRC-32, let the server copy one, and put both together."""
    target = {"Bucket": site.other_bucket, "Key": site.put(b"tail")}
    right, wrong = (b64encode(zlib.crc32(body).to_bytes(4, "big")).decode() for body in (b"photo" * MIB, b"other"))
    created = site.client.create_multipart_upload(**target, ChecksumAlgorithm="CRC32")
    upload = {**target, "UploadId": created["UploadId"]}
    send = functools.partial(site.client.upload_part, **upload, PartNumber=1, Body=b"photo" * MIB)
    try:
        if status(lambda: send(ChecksumCRC32=wrong)) < 300:
            return False
        parts = [send(ChecksumCRC32=right), _copied(site, upload, target["Key"])]
        named = [
            {"PartNumber": number, "ETag": part["ETag"], "ChecksumCRC32": part.get("ChecksumCRC32", "")}
            for number, part in enumerate(parts, 1)
        ]
        completed = status(lambda: site.client.complete_multipart_upload(**upload, MultipartUpload={"Parts": named}))
        return named[0]["ChecksumCRC32"] == right and completed < 300
    finally:
        status(lambda: site.client.abort_multipart_upload(**upload))


def _copied(site: Site, upload: dict[str, str], key: str) -> dict[str, Any]:
    source = {"Bucket": site.bucket, "Key": key}
    return site.client.upload_part_copy(**upload, PartNumber=2, CopySource=source)["CopyPartResult"]


def signed_sha256_checked(site: Site) -> bool:
    """Sign the digest of something else."""
    sign_known_digests(site.client)
    body = DigestedBody(b"photo")
    body.sha256 = hashlib.sha256(b"other").digest()
    return status(lambda: site.client.put_object(Bucket=site.bucket, Key="signed", Body=body)) >= 300


def versioned_conditions(site: Site) -> bool:
    """Whether conditions that are honoured otherwise are so in a versioned bucket too."""
    if conditions.put_if_none_match(site) != "honoured" or not versioning(site):
        return True
    taken = {"Bucket": site.other_bucket, "Key": "version"}
    return status(lambda: site.client.put_object(**taken, Body=b"photo", IfNoneMatch="*")) == 412


def versioning(site: Site) -> bool:
    """Turn versioning on in the other bucket, which has to be looked at last: it stays on."""
    enabled = {"Status": "Enabled"}
    call = lambda: site.client.put_bucket_versioning(Bucket=site.other_bucket, VersioningConfiguration=enabled)  # type: ignore[typeddict-item] # noqa: E731 # a call to be judged
    if status(call) >= 300:
        return False
    site.client.put_object(Bucket=site.other_bucket, Key="version", Body=b"photo")
    return site.client.get_object(Bucket=site.other_bucket, Key="version").get("VersionId", "null") != "null"


def folds_slashes(site: Site) -> bool:
    prefix = f"{site.put()}-folded"
    if status(lambda: site.client.put_object(Bucket=site.bucket, Key=f"{prefix}/a//b", Body=b"x")) >= 300:
        return False
    listed = site.client.list_objects_v2(Bucket=site.bucket, Prefix=prefix)["Contents"]
    return listed[0]["Key"] == f"{prefix}/a/b"
