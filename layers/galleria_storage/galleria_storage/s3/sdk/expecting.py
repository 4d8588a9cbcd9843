"""Ask for permission to send a body only where it is worth a round trip.

botocore sends `Expect: 100-continue` with each body that is a file, however
small, then waits for the interim answer, which it reads byte by byte. AWS's
SDKs for other languages do so from 2 MiB on (aws-sdk-go-v2, `s3.Options`,
ContinueHeaderThresholdBytes).
"""

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

#: A smaller body is sent at once; a refusal then costs no more than that body.
EXPECT_BYTES: Final = 2 * 1024 * 1024


def expect_only_for_large(client: "S3Client") -> None:
    """Let a client send small bodies without asking first."""
    # Last: botocore's own handler of this event adds the header.
    client.meta.events.register_last("before-call.s3", _ask_seldom, unique_id="galleria-storage-expect")


def _ask_seldom(params: dict[str, Any], **_: Any) -> None:
    body: Any = params.get("body")
    if hasattr(body, "__len__") and len(body) < EXPECT_BYTES:
        params["headers"].pop("Expect", None)
