"""Read and write a bucket's CORS rules (S3 API: GetBucketCors, PutBucketCors).

`galleria_storage.cors` knows what the rules mean.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from galleria_storage.errors import NotFoundError
from galleria_storage.s3.faults import code_of, translated, unproven

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CORSRuleTypeDef


def fetch_rules(client: "S3Client", bucket: str) -> list[dict[str, Any]]:
    """Return the bucket's rules as the API gives them; empty if it has none.

    Raises
    ------
    GalleriaError
        They could not be read: no bucket, no permission, no such API. An
        error is never an empty list, and neither is an empty answer: a bucket
        without rules is answered with NoSuchCORSConfiguration.
    """
    try:
        with translated(bucket=bucket):
            answer = client.get_bucket_cors(Bucket=bucket)
    except NotFoundError as error:
        if code_of(error) == "NoSuchCORSConfiguration":
            return []
        raise
    if not answer.get("CORSRules"):
        raise unproven("GetBucketCors", "the bucket's rules", bucket=bucket)
    return [dict(rule) for rule in answer["CORSRules"]]


def put_rules(client: "S3Client", bucket: str, rules: Sequence[Mapping[str, Any]]) -> None:
    """Replace all rules of the bucket.

    Raises
    ------
    GalleriaError
        The provider refused them or could not be reached.
    """
    documents = cast("list[CORSRuleTypeDef]", [dict(rule) for rule in rules])
    with translated(bucket=bucket):
        client.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": documents})
