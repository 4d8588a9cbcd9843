"""The one place where errors of boto3 become errors of this library.

A message says what happened to which object and carries the provider's own
code and HTTP status, never the whole answer, which may contain a signature or
an access key.
"""

from http import HTTPStatus
from types import TracebackType
from typing import Any, Final
from urllib.parse import urlsplit

from galleria_storage.errors import (
    AccessDeniedError,
    ArchivedError,
    BucketNotFoundError,
    GalleriaError,
    IntegrityError,
    NotFoundError,
    PreconditionFailedError,
    ProviderError,
    RefusedKeyError,
    ThrottledError,
    UnsupportedOperationError,
)
from galleria_storage.runtime.redaction import redacted

#: Error codes of the S3 API ("Error responses", List of error codes) and of compatible servers.
_CODES: Final[dict[str, type[ProviderError]]] = {
    **dict.fromkeys(("NoSuchBucket",), BucketNotFoundError),
    **dict.fromkeys(("InvalidObjectState",), ArchivedError),
    **dict.fromkeys(("KeyTooLongError", "KeyTooLong", "XMinioInvalidObjectName"), RefusedKeyError),
    **dict.fromkeys(
        (
            "NoSuchKey", "NoSuchVersion", "NoSuchUpload", "NoSuchTagSet", "NoSuchTagSetError",
            "NoSuchCORSConfiguration",
        ),
        NotFoundError,
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
    # These come with 403 although the credentials are valid (Wasabi, Backblaze, Ceph, MinIO, "Error codes").
    **dict.fromkeys(
        (
            "QuotaExceeded", "CapExceeded", "StorageQuotaExceeded", "XMinioAdminBucketQuotaExceeded", "UserSuspended",
            "AccountSuspended", "AccountNotActivated",
        ),
        ProviderError,
    ),
    **dict.fromkeys(("NotImplemented", "MethodNotAllowed", "MissingContentLength"), UnsupportedOperationError),
    **dict.fromkeys(
        ("BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch", "IncompleteBody"),
        IntegrityError,
    ),
}  # fmt: skip
#: By status, if there is no code: the answer to a HEAD has no body.
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
    ArchivedError: "it is in an archive",
    RefusedKeyError: "the provider keeps no object under this key",
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
    "QuotaExceeded": "The bucket or the account is full: make room, or have its quota raised.",
    "CapExceeded": "A cap of the account is reached: raise it in the provider's console.",
    "UserSuspended": "The provider has suspended the account: ask it why.",
    "KeyTooLongError": "Upload the photo under a shorter key: some providers take 255 bytes between two slashes.",
    "MissingContentLength": "The provider refuses trailing checksums: set S3_PUBLIC_PROFILE to what it runs.",
}
_ADVICE_BY_KIND: Final[dict[type[ProviderError], str]] = {
    AccessDeniedError: "Give the credentials the right to do this, or use other ones.",
    ThrottledError: "The request is tried again later.",
}
#: boto3's own errors, by class name, in words (botocore.exceptions).
_LOCAL: Final = {
    "NoCredentialsError": "no credentials were found in the settings or the environment",
    "PartialCredentialsError": "one of the two keys is missing",
    "EndpointConnectionError": "{host} could not be reached",
    "ConnectTimeoutError": "{host} did not answer in time",
    "ReadTimeoutError": "{host} did not answer in time",
    "ConnectionClosedError": "the connection to {host} broke",
    "ResponseStreamingError": "the connection broke while reading",
    "IncompleteReadError": "the connection broke while reading",
    "SSLError": "no trustworthy TLS connection to {host} could be made",
    "ResponseParserError": "the answer is not one of an S3 server",
}
#: What to do about some of them.
_LOCAL_ADVICE: Final = {
    "NoCredentialsError": "Set the keys (AWS_ACCESS_KEY_ID … or S3_PUBLIC_ACCESS_KEY …), or run `aws configure`.",
    "EndpointConnectionError": "Check the network, and the endpoint's name in the settings.",
    "SSLError": "Check the endpoint's name in the settings, and this machine's clock.",
}
#: Errors of boto3 and urllib3 that a network outage causes.
_AWAY: Final = frozenset(
    {
        "ConnectTimeoutError", "ConnectionClosedError", "ConnectionError", "EndpointConnectionError",
        "HTTPClientError", "IncompleteReadError", "ProxyConnectionError", "ReadTimeoutError", "ResponseStreamingError",
        "ProtocolError", "IncompleteRead", "ConnectionResetError", "TimeoutError",
    }
)  # fmt: skip
_PASSING: Final = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT,
    }
)  # fmt: skip


def translate(error: Exception, *, bucket: str | None = None, key: str | None = None) -> GalleriaError:
    """Return the error of this library's family that corresponds to `error`.

    Parameters
    ----------
    error
        What boto3 raised; one of `sdk_errors`.
    bucket, key
        The object or bucket of the call.

    Returns
    -------
    GalleriaError
        To be raised ``from error``.
    """
    response: dict[str, Any] | None = getattr(error, "response", None)
    if response is None:
        return _translate_local(error, bucket, key)
    code, status = _code(error), _status(error)
    kind = _CODES.get(code) or _STATUSES.get(status, ProviderError)
    said = redacted(str(response.get("Error", {}).get("Message") or "")).rstrip(".")
    # An unknown code may mean anything, so the server's own words say more than ours would.
    own = kind is not ProviderError and (code in _CODES or code in {"", str(status)} or not said)
    operation = getattr(error, "operation_name", "the call")
    shown = "" if code == str(status) else f"{redacted(code) or 'no code'}, "  # HEAD has the status in place of a code
    return kind(
        f"{operation} of {_name(bucket, key)}: {_WORDS[kind] if own else said or _WORDS[kind]} ({shown}HTTP {status})",
        bucket=bucket,
        key=key,
        advice=_ADVICE.get(code) or (_ADVICE_BY_KIND.get(kind) if own else None),
    )


def unproven(operation: str, missing: str, *, bucket: str | None = None, key: str | None = None) -> ProviderError:
    """Return the error for an answer of 200 that lacks required content, as a maintenance page does."""
    return ProviderError(
        f"{operation} of {_name(bucket, key)}: the answer was 200, but without {missing}: it proves nothing",
        bucket=bucket,
        key=key,
        advice="Check whether something between this machine and the provider answers in its place.",
    )


def status_of(error: GalleriaError) -> int:
    """Return the HTTP status of the answer that an error was translated from; 0 if there was none."""
    return _status(error.__cause__)


def code_of(error: GalleriaError) -> str:
    """Return the provider's code of the answer that an error was translated from; empty if there was none."""
    return _code(error.__cause__)


def may_pass(error: GalleriaError) -> bool:
    """Whether the same request may succeed in a minute: the network or the provider is down, or asks to slow down."""
    if isinstance(error, ThrottledError):
        return True
    return type(error.__cause__).__name__ in _AWAY or status_of(error) in _PASSING


def wants_digest(error: GalleriaError) -> bool:
    """Whether an upload was refused because it lacks a digest, which buckets with Object Lock require.

    AWS answers InvalidRequest, MinIO MissingContentMD5; both name the header.
    """
    if _status(error.__cause__) != HTTPStatus.BAD_REQUEST or code_of(error) in {"BadDigest", "InvalidDigest"}:
        return False
    said = str(getattr(error.__cause__, "response", {}).get("Error", {}).get("Message", ""))
    return "content-md5" in f"{code_of(error)} {said}".lower().replace("contentmd5", "content-md5")


def sdk_errors() -> tuple[type[Exception], ...]:
    """Return what boto3 raises, for an `except` clause: Python only calls this after something was raised."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 # lazy: importing boto3 is slow
    from botocore.parsers import ResponseParserError  # noqa: PLC0415 # the same

    return BotoCoreError, ClientError, ResponseParserError


class translated:  # noqa: N801 # used like a function: a context
    """Translate whatever boto3 raises inside the block."""

    __slots__ = ("_bucket", "_key")

    def __init__(self, *, bucket: str | None = None, key: str | None = None) -> None:
        self._bucket = bucket
        self._key = key

    def __enter__(self) -> None:
        """Begin the block."""

    def __exit__(self, kind: object, error: BaseException | None, trace: TracebackType | None) -> None:
        """Raise this library's error in place of boto3's."""
        if isinstance(error, Exception) and isinstance(error, sdk_errors()):
            raise translate(error, bucket=self._bucket, key=self._key) from error


def _translate_local(error: Exception, bucket: str | None, key: str | None) -> GalleriaError:
    name = type(error).__name__
    kind: type[ProviderError] = ProviderError
    if name in {"NoCredentialsError", "PartialCredentialsError"}:
        kind = AccessDeniedError
    elif name == "FlexibleChecksumError":
        kind = IntegrityError
    words = _LOCAL[name].format(host=_host(error)) if name in _LOCAL else redacted(str(error))
    return kind(f"{_name(bucket, key)}: {words}", bucket=bucket, key=key, advice=_LOCAL_ADVICE.get(name))


def _host(error: Exception) -> str:
    """Return only the host and port that botocore could not reach: an address may contain keys."""
    url = str(getattr(error, "kwargs", {}).get("endpoint_url") or "")
    return redacted(urlsplit(url).netloc.rpartition("@")[2]) or "the endpoint"


def _status(error: BaseException | None) -> int:
    response: dict[str, Any] = getattr(error, "response", None) or {}
    return int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _code(error: BaseException | None) -> str:
    response: dict[str, Any] = getattr(error, "response", None) or {}
    return str(response.get("Error", {}).get("Code", ""))


def _name(bucket: str | None, key: str | None) -> str:
    if key is not None:
        return f"{key!r} in bucket {bucket!r}"
    return f"bucket {bucket!r}" if bucket else "the provider"
