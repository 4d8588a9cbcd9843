"""The one place where errors of boto3 become errors of this library.

A message says what happened to which object and carries the provider's own
code and HTTP status, never its whole answer: that may hold a signature or an
access key.
"""

from http import HTTPStatus
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

from galleria_storage.errors import (
    AccessDeniedError,
    BucketNotFoundError,
    GalleriaError,
    IntegrityError,
    NotFoundError,
    PreconditionFailedError,
    ProviderError,
    ThrottledError,
    UnsupportedOperationError,
)

if TYPE_CHECKING:
    from botocore.exceptions import BotoCoreError, ClientError

#: Error codes of the S3 API ("Error responses", List of error codes) and of compatible servers.
_CODES: Final[dict[str, type[ProviderError]]] = {
    **dict.fromkeys(("NoSuchBucket",), BucketNotFoundError),
    **dict.fromkeys(
        ("NoSuchKey", "NoSuchVersion", "NoSuchUpload", "NoSuchTagSet", "NoSuchCORSConfiguration"), NotFoundError
    ),
    **dict.fromkeys(
        (
            "AccessDenied", "AllAccessDisabled", "AccountProblem", "ExpiredToken", "InvalidAccessKeyId",
            "InvalidToken", "RequestTimeTooSkewed", "SignatureDoesNotMatch", "Unauthorized",
        ),
        AccessDeniedError,
    ),
    **dict.fromkeys(
        (
            "SlowDown", "Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequests",
            "ServiceUnavailable",
        ),
        ThrottledError,
    ),
    **dict.fromkeys(
        ("PreconditionFailed", "ConditionalRequestConflict", "OperationAborted"), PreconditionFailedError
    ),
    **dict.fromkeys(("NotImplemented", "MethodNotAllowed", "MissingContentLength"), UnsupportedOperationError),
    **dict.fromkeys(
        ("BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch", "IncompleteBody"),
        IntegrityError,
    ),
}  # fmt: skip
#: Where the code says nothing (a HEAD has no body) the status must do.
_STATUSES: Final[dict[int, type[ProviderError]]] = {
    HTTPStatus.UNAUTHORIZED: AccessDeniedError,
    HTTPStatus.FORBIDDEN: AccessDeniedError,
    HTTPStatus.NOT_FOUND: NotFoundError,
    HTTPStatus.METHOD_NOT_ALLOWED: UnsupportedOperationError,
    HTTPStatus.LENGTH_REQUIRED: UnsupportedOperationError,
    HTTPStatus.PRECONDITION_FAILED: PreconditionFailedError,
    HTTPStatus.TOO_MANY_REQUESTS: ThrottledError,
    HTTPStatus.NOT_IMPLEMENTED: UnsupportedOperationError,
    HTTPStatus.SERVICE_UNAVAILABLE: ThrottledError,
}
_WORDS: Final[dict[type[ProviderError], str]] = {
    BucketNotFoundError: "the bucket does not exist",
    NotFoundError: "it does not exist",
    AccessDeniedError: "the credentials do not allow it",
    ThrottledError: "the provider asks to slow down",
    PreconditionFailedError: "somebody else changed it first",
    UnsupportedOperationError: "the provider does not offer this",
    IntegrityError: "the bytes that arrived are not those that were sent",
    ProviderError: "the provider refused it",
}
_ADVICE: Final = {
    "NoSuchBucket": "Create the bucket, or correct its name in the settings.",
    "InvalidAccessKeyId": "The provider does not know this access key: compare it with the provider's console.",
    "SignatureDoesNotMatch": "The secret key does not belong to the access key, or the region is wrong.",
    "RequestTimeTooSkewed": "Set this machine's clock.",
    "ExpiredToken": "The temporary credentials have expired: get new ones.",
    "AuthorizationHeaderMalformed": "The region is wrong: set the region that the bucket was made in.",
    "PermanentRedirect": "The bucket lives in another region: set that region and its endpoint.",
    "InvalidObjectState": "The object is in an archive: restore it first.",
    "MissingContentLength": "The provider refuses trailing checksums: set S3_PUBLIC_PROFILE to what it runs.",
}
_ADVICE_BY_KIND: Final[dict[type[ProviderError], str]] = {
    AccessDeniedError: "Give the credentials the right to do this, or use other ones.",
    ThrottledError: "It is tried again later.",
}
#: boto3's own errors, by class name, in words (botocore.exceptions).
_LOCAL: Final = {
    "NoCredentialsError": "no credentials were found in the settings or the environment",
    "PartialCredentialsError": "one of the two keys is missing",
    "EndpointConnectionError": "the endpoint could not be reached",
    "ConnectTimeoutError": "the endpoint did not answer in time",
    "ReadTimeoutError": "the endpoint did not answer in time",
    "ConnectionClosedError": "the connection broke",
    "ResponseStreamingError": "the connection broke while reading",
    "IncompleteReadError": "the connection broke while reading",
    "SSLError": "no trustworthy TLS connection could be made",
}


def translate(
    error: "ClientError | BotoCoreError", *, bucket: str | None = None, key: str | None = None
) -> GalleriaError:
    """Return the error of this library's family that says what `error` says.

    Parameters
    ----------
    error
        What boto3 raised.
    bucket, key
        What the call was about.

    Returns
    -------
    GalleriaError
        To be raised ``from error``.
    """
    response: dict[str, Any] | None = getattr(error, "response", None)
    if response is None:
        return _translate_local(error, bucket, key)
    code = str(response.get("Error", {}).get("Code", ""))
    status = int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    kind = _CODES.get(code) or _STATUSES.get(status, ProviderError)
    words = _WORDS[kind]
    if kind is ProviderError:
        words = str(response["Error"].get("Message") or words).rstrip(".")
    operation = getattr(error, "operation_name", "the call")
    return kind(
        f"{operation} of {_name(bucket, key)}: {words} ({code or 'no code'}, HTTP {status})",
        bucket=bucket,
        key=key,
        advice=_ADVICE.get(code) or _ADVICE_BY_KIND.get(kind),
    )


def status_of(error: GalleriaError) -> int:
    """Return the HTTP status of the answer that an error was translated from; 0 if there was none."""
    response: dict[str, Any] = getattr(error.__cause__, "response", None) or {}
    return int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


class translated:  # noqa: N801 # used like a function: a context
    """Translate whatever boto3 raises inside the block.

    A class, since it stands around every read of a body: a block without an
    error costs next to nothing, and botocore is looked up only after one.
    """

    __slots__ = ("_bucket", "_key")

    def __init__(self, *, bucket: str | None = None, key: str | None = None) -> None:
        self._bucket = bucket
        self._key = key

    def __enter__(self) -> None:
        """Begin the block."""

    def __exit__(self, kind: object, error: BaseException | None, trace: TracebackType | None) -> None:
        """Raise this library's error in place of boto3's."""
        if error is None:
            return
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 # lazy: importing boto3 is slow

        if isinstance(error, BotoCoreError | ClientError):
            raise translate(error, bucket=self._bucket, key=self._key) from error


def _translate_local(error: Exception, bucket: str | None, key: str | None) -> GalleriaError:
    name = type(error).__name__
    kind: type[ProviderError] = ProviderError
    if name in {"NoCredentialsError", "PartialCredentialsError"}:
        kind = AccessDeniedError
    elif name == "FlexibleChecksumError":
        kind = IntegrityError
    return kind(f"{_name(bucket, key)}: {_LOCAL.get(name) or error}", bucket=bucket, key=key)


def _name(bucket: str | None, key: str | None) -> str:
    if key is not None:
        return f"{key!r} in bucket {bucket!r}"
    return f"bucket {bucket!r}" if bucket else "the provider"
