"""Read and write a bucket's CORS rules (S3 API: GetBucketCors, PutBucketCors).

What the rules mean is the matter of `galleria_storage.cors`.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from galleria_storage.s3.faults import translate

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CORSRuleTypeDef


def fetch_rules(client: "S3Client", bucket: str) -> list[dict[str, Any]]:
    """Return the bucket's rules as the API gives them; empty if it has none.

    Raises
    ------
    GalleriaError
        They could not be read: no bucket, no permission, no such API. An
        error is never an empty list.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 # lazy: importing boto3 is slow

    try:
        return [dict(rule) for rule in client.get_bucket_cors(Bucket=bucket).get("CORSRules", [])]
    except ClientError as error:
        if error.response["Error"].get("Code") == "NoSuchCORSConfiguration":
            return []
        raise translate(error, bucket=bucket) from error
    except BotoCoreError as error:
        raise translate(error, bucket=bucket) from error


def put_rules(client: "S3Client", bucket: str, rules: Sequence[Mapping[str, Any]]) -> None:
    """Replace all rules of the bucket.

    Raises
    ------
    GalleriaError
        The provider refused them, or could not be asked.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 # the same

    documents = cast("list[CORSRuleTypeDef]", [dict(rule) for rule in rules])
    try:
        client.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": documents})
    except (ClientError, BotoCoreError) as error:
        raise translate(error, bucket=bucket) from error
