"""What no profile holds, because the library is written so that it does not matter; worth knowing all the same."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from botocore.exceptions import ClientError

from tests.support.servers.facts.site import Site, status

WRITERS: Final = 16


def winners_of_16_conditional_puts(site: Site) -> str:
    """How many of 16 simultaneous `If-None-Match: *` are told that they wrote the object."""
    key = f"{site.put()}-race"

    def write(number: int) -> int:
        body = f"writer {number}".encode()
        return status(lambda: site.client.put_object(Bucket=site.bucket, Key=key, Body=body, IfNoneMatch="*"))

    with ThreadPoolExecutor(WRITERS) as pool:
        answers = list(pool.map(write, range(WRITERS)))
    return str(sum(answer < 300 for answer in answers))


def tag_count_on_head(site: Site) -> str:
    return _yes(_tagged(site, lambda target: site.client.head_object(**target)))


def tag_count_on_get(site: Site) -> str:
    return _yes(_tagged(site, lambda target: site.client.get_object(**target)))


def etag_in_answer_to_complete(site: Site) -> str:
    target = {"Bucket": site.bucket, "Key": f"{site.put()}-parts"}
    upload = {**target, "UploadId": site.client.create_multipart_upload(**target)["UploadId"]}
    part = site.client.upload_part(**upload, PartNumber=1, Body=b"part")
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    return _yes(bool(site.client.complete_multipart_upload(**upload, MultipartUpload=parts)["ETag"]))


def key_with_double_slash(site: Site) -> str:
    """Under which key `a//b` is listed."""
    prefix = f"{site.put()}-slash"
    try:
        site.client.put_object(Bucket=site.bucket, Key=f"{prefix}/a//b", Body=b"x")
    except ClientError as error:
        return str(error.response["ResponseMetadata"]["HTTPStatusCode"])
    listed = site.client.list_objects_v2(Bucket=site.bucket, Prefix=prefix)["Contents"]
    return listed[0]["Key"].removeprefix(f"{prefix}/")


def two_kilobytes_of_metadata(site: Site) -> str:
    """S3 allows 2 KB in all (User Guide, "Working with object metadata")."""
    target = {"Bucket": site.bucket, "Key": f"{site.put()}-metadata"}
    answer = status(lambda: site.client.put_object(**target, Body=b"x", Metadata={"note": "x" * 2000}))
    return "ok" if answer < 300 else str(answer)


def _tagged(site: Site, look: Callable[[dict[str, str]], Any]) -> bool:
    try:
        answer = look({"Bucket": site.bucket, "Key": site.put(Tagging="target-timezone=Z")})
    except ClientError:
        return False
    return bool(answer.get("TagCount") == 1)


def _yes(value: bool) -> str:
    return "yes" if value else "no"
