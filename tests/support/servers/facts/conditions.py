"""Which preconditions are obeyed, and whether parts can be copied."""

import hashlib
from collections.abc import Callable
from typing import Any, Final, Literal

from botocore.exceptions import ClientError

from tests.support.servers.facts.site import Site, status

Answer = Literal["honoured", "ignored", "refused"]
MIB: Final = 1 << 20
#: The shape of an ETag that no object of these tests has.
OTHER_ETAG: Final = hashlib.md5(b"another object", usedforsecurity=False).hexdigest()


def judged(failing: Callable[[], Any], fitting: Callable[[], Any] | None = None) -> Answer:
    """Judge a condition by a call that must fail because of it and one that must succeed in spite of it."""
    answer = status(failing)
    if answer < 300:
        return "ignored"
    if answer not in {409, 412} or (fitting and status(fitting) >= 300):
        return "refused"
    return "honoured"


def put_if_none_match(site: Site) -> Answer:
    client, taken = site.client, site.put()
    free = f"{taken}-free"
    return judged(
        lambda: client.put_object(Bucket=site.bucket, Key=taken, Body=b"new", IfNoneMatch="*"),
        lambda: client.put_object(Bucket=site.bucket, Key=free, Body=b"new", IfNoneMatch="*"),
    )


def put_if_match(site: Site) -> Answer:
    key = site.put()
    form = "{}" if etag_in_if_match(site) == "unquoted" else '"{}"'
    return judged(
        lambda: site.client.put_object(Bucket=site.bucket, Key=key, Body=b"new", IfMatch=form.format(OTHER_ETAG)),
        lambda: site.client.put_object(Bucket=site.bucket, Key=key, Body=b"new", IfMatch=form.format(site.etag(key))),
    )


def etag_in_if_match(site: Site) -> Literal["quoted", "unquoted"]:
    key = site.put()
    quoted = f'"{site.etag(key)}"'
    answer = status(lambda: site.client.put_object(Bucket=site.bucket, Key=key, Body=b"new", IfMatch=quoted))
    return "unquoted" if answer == 412 else "quoted"


def _complete(site: Site, key: str, **condition: str) -> Any:
    """Write an object as a multipart upload of one small part."""
    target = {"Bucket": site.bucket, "Key": key}
    upload = {**target, "UploadId": site.client.create_multipart_upload(**target)["UploadId"]}
    part = site.client.upload_part(**upload, PartNumber=1, Body=b"multipart")
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    try:
        return site.client.complete_multipart_upload(**upload, MultipartUpload=parts, **condition)
    except ClientError:
        status(lambda: site.client.abort_multipart_upload(**upload))
        raise


def complete_if_none_match(site: Site) -> Answer:
    key = site.put()
    return judged(
        lambda: _complete(site, key, IfNoneMatch="*"), lambda: _complete(site, f"{key}-free", IfNoneMatch="*")
    )


def complete_if_match(site: Site) -> Answer:
    key = site.put()
    return judged(
        lambda: _complete(site, key, IfMatch=f'"{OTHER_ETAG}"'),
        lambda: _complete(site, key, IfMatch=f'"{site.etag(key)}"'),
    )


def delete_if_match(site: Site) -> Answer:
    key = site.put()
    return judged(
        lambda: site.client.delete_object(Bucket=site.bucket, Key=key, IfMatch=f'"{OTHER_ETAG}"'),
        lambda: site.client.delete_object(Bucket=site.bucket, Key=key, IfMatch=f'"{site.etag(key)}"'),
    )


def _copy_part(site: Site, source: str, content: str, **condition: str) -> tuple[dict[str, Any], bytes]:
    """Copy bytes into a multipart upload in the other bucket; return the answer and what was stored."""
    target = {"Bucket": site.other_bucket, "Key": source}
    upload = {**target, "UploadId": site.client.create_multipart_upload(**target)["UploadId"]}
    try:
        copied = site.client.upload_part_copy(
            **upload,
            PartNumber=1,
            CopySource={"Bucket": site.bucket, "Key": source},
            CopySourceRange=content,
            **condition,
        )
        etag = copied["CopyPartResult"].get("ETag", "")
        parts = {"Parts": [{"PartNumber": 1, "ETag": etag}]}
        site.client.complete_multipart_upload(**upload, MultipartUpload=parts)
    except ClientError:
        status(lambda: site.client.abort_multipart_upload(**upload))
        raise
    return copied, site.client.get_object(**target)["Body"].read()


def copy_source_if_match(site: Site) -> Answer:
    key = site.put(b"0123456789")
    return judged(
        lambda: _copy_part(site, key, "bytes=0-9", CopySourceIfMatch=f'"{OTHER_ETAG}"')[0],
        lambda: _copy_part(site, key, "bytes=0-9", CopySourceIfMatch=f'"{site.etag(key)}"')[0],
    )


def part_copy(site: Site) -> bool:
    try:
        copied, stored = _copy_part(site, site.put(b"0123456789"), "bytes=3-6")
    except ClientError:
        return False
    return stored == b"3456" and bool(copied["CopyPartResult"].get("ETag"))


def equal_parts(site: Site) -> bool:
    target = {"Bucket": site.bucket, "Key": f"{site.put()}-parts"}
    upload = {**target, "UploadId": site.client.create_multipart_upload(**target)["UploadId"]}
    parts = []
    for number, size in enumerate((5 * MIB, 6 * MIB, 1), 1):
        part = site.client.upload_part(**upload, PartNumber=number, Body=bytes(size))
        parts.append({"PartNumber": number, "ETag": part["ETag"]})
    return status(lambda: site.client.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})) >= 300
