# ruff: noqa: ARG002 # some directors do not care which call it is
"""What may go wrong with a call to the S3 provider in memory (`fake_s3`), and who decides it."""

from typing import Any, Protocol

from botocore.exceptions import ClientError, ReadTimeoutError

STATUS = {
    "AccessDenied": 403,
    "404": 404,
    "NoSuchKey": 404,
    "NoSuchBucket": 404,
    "NoSuchUpload": 404,
    "NoSuchVersion": 404,
    "PreconditionFailed": 412,
    "ConditionalRequestConflict": 409,
    "BadDigest": 400,
    "InvalidPart": 400,
    "InvalidRange": 416,
    "InvalidObjectState": 403,
    "NotImplemented": 501,
    "SlowDown": 503,
    "InternalError": 500,
}


def client_error(operation: str, code: str) -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": code}, "ResponseMetadata": {"HTTPStatusCode": STATUS[code]}}
    return ClientError(answer, operation)


def refuse(code: str, operation: str = "PutObject") -> None:
    raise client_error(operation, code)


def lose_the_answer() -> None:
    raise ReadTimeoutError(endpoint_url="https://s3.example")


class Director(Protocol):
    """Decides when a call goes on, and what goes wrong with it."""

    def before(self, operation: str, bucket: str) -> None:
        """Return when the call may take effect, or raise instead of its effect."""

    def after(self, operation: str, bucket: str, *, refused: bool) -> None:
        """Return when the answer may arrive, or raise instead of the answer."""

    def repeats(self, operation: str, bucket: str) -> bool:
        """Whether boto3 lost the answer and sent the request once more by itself."""

    def cut(self, size: int) -> int | None:
        """Return after how many bytes a body breaks off, or None."""


class Calm:
    """Nothing goes wrong."""

    def before(self, operation: str, bucket: str) -> None: ...

    def after(self, operation: str, bucket: str, *, refused: bool) -> None: ...

    def repeats(self, operation: str, bucket: str) -> bool:
        return False

    def cut(self, size: int) -> int | None: ...
