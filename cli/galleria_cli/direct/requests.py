"""PutObject, ListObjectsV2 and HeadBucket as HTTP requests: boto3's arguments in, boto3's answers out.

Source: Amazon S3 API Reference, PutObject, ListObjectsV2 and HeadBucket.
"""

import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import unquote_plus, urlsplit
from xml.etree import ElementTree as ET

from galleria_cli.direct.channel import RawAnswer
from galleria_cli.direct.connections import PORTS, Connections
from galleria_cli.direct.signature import EMPTY_SHA256, Target, quoted_path, signed
from galleria_storage.s3.sdk.signing import Keys, moment_now

#: Arguments of PutObject and their headers. A call with any other argument is left to botocore.
_HEADERS: Final = {
    "CacheControl": "cache-control",
    "ChecksumSHA256": "x-amz-checksum-sha256",
    "ContentEncoding": "content-encoding",
    "ContentMD5": "content-md5",
    "ContentType": "content-type",
    "IfMatch": "if-match",
    "IfNoneMatch": "if-none-match",
    "Tagging": "x-amz-tagging",
}
#: Headers of the answer to PutObject, as boto3 names them.
_ANSWERED: Final = {
    "etag": "ETag",
    "x-amz-version-id": "VersionId",
    "x-amz-checksum-sha256": "ChecksumSHA256",
    "x-amz-server-side-encryption": "ServerSideEncryption",
    "x-amz-server-side-encryption-customer-algorithm": "SSECustomerAlgorithm",
}
#: The name of a header (RFC 9110, 5.6.2).
_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_TRUTH: Final = {"true": True, "false": False}


class UnansweredError(Exception):
    """A request went out and had no good answer: botocore must try it again, or say what the answer means."""


class DirectRequests:
    """Requests to one bucket. Each returns None where only botocore can ask.

    Parameters
    ----------
    url
        The bucket's address: the endpoint and its name, or its own host.
    keys
        Sign all requests.
    trusted
        A file of certificates to use instead of the system's, or empty.
    moment
        Now, in UTC, as ``20130524T000000Z``.

    Notes
    -----
    If the very first request fails, all the others are left to botocore, too.
    """

    def __init__(self, url: str, keys: Keys, trusted: str = "", moment: Callable[[], str] | None = None) -> None:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port not in {None, PORTS[parts.scheme]} else ""
        name = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        self._host, self._path = f"{name}{port}", parts.path.rstrip("/")
        self._connections = Connections(url, trusted)
        self._keys = keys
        self._moment = moment or moment_now
        self._works: bool | None = None

    def put(self, key: str, body: Any, sha256: str, arguments: Mapping[str, Any]) -> dict[str, Any] | None:
        """PutObject. Raises UnansweredError.

        Parameters
        ----------
        body
            A file that can seek, with a length.
        sha256
            Of the body, in hexadecimal.
        arguments
            As boto3 takes them, without Bucket, Key, Body and ContentLength.
        """
        if (headers := _headers(arguments)) is None:
            return None
        headers["content-length"] = str(len(body))
        answer = self._ask(Target("PUT", self._host, quoted_path(f"{self._path}/{key}")), headers, sha256, body)
        if answer is None:
            return None
        found = {name: answer.headers[header] for header, name in _ANSWERED.items() if header in answer.headers}
        return {**found, "ResponseMetadata": {"HTTPStatusCode": answer.status}}

    def page(self, prefix: str, *, token: str = "", after: str = "") -> dict[str, Any] | None:
        """One page of ListObjectsV2; `token` continues another one, `after` is a key after which it begins.

        Raises UnansweredError.
        """
        query = {"encoding-type": "url", "list-type": "2", "prefix": prefix}
        if token:
            query["continuation-token"] = token
        elif after:
            query["start-after"] = after
        answer = self._ask(Target("GET", self._host, self._path or "/", query), {}, EMPTY_SHA256)
        return _listing(answer.body) if answer else None

    def head_bucket(self) -> dict[str, Any] | None:
        """HeadBucket: what the server's headers say.

        Raises UnansweredError.
        """
        answer = self._ask(Target("HEAD", self._host, self._path or "/"), {}, EMPTY_SHA256)
        if answer is None:
            return None
        return {"ResponseMetadata": {"HTTPStatusCode": answer.status, "HTTPHeaders": dict(answer.headers)}}

    def _ask(self, target: Target, headers: Mapping[str, str], sha256: str, body: Any = None) -> RawAnswer | None:
        if self._works is False:
            return None
        url = f"{target.path}?{target.query_text}" if target.query else target.path
        everything = signed(target, headers, sha256, self._keys, self._moment())
        try:
            answer = self._connections.exchange(target.method, url, everything, body)
        except OSError:
            answer = None
        good = answer is not None and answer.status == HTTPStatus.OK
        self._works = good or bool(self._works)
        if answer is None or not good:
            raise UnansweredError
        return answer


def _headers(arguments: Mapping[str, Any]) -> dict[str, str] | None:
    """Return the headers for arguments of PutObject; None if one of them is not supported."""
    given = dict(arguments)
    metadata = {f"x-amz-meta-{name.lower()}": value for name, value in given.pop("Metadata", {}).items()}
    if not given.keys() <= _HEADERS.keys():
        return None
    headers = {_HEADERS[name]: value for name, value in given.items()} | metadata
    plain = all(isinstance(text, str) and text.isascii() and text.isprintable() for text in headers.values())
    return headers if plain and all(map(_NAME.fullmatch, headers)) else None


def _listing(body: bytes) -> dict[str, Any]:
    """Read a page as boto3 shows it. Raises UnansweredError where it is not one."""
    try:
        root = ET.fromstring(body)  # noqa: S314 # the parser that botocore uses, on the same answers
        fields = {_name(child): child.text or "" for child in root}
        decode = unquote_plus if fields.get("EncodingType") == "url" else str
        page: dict[str, Any] = {"IsTruncated": _TRUTH[fields["IsTruncated"]]}
        page["Contents"] = [_entry(child, decode) for child in root if _name(child) == "Contents"]
    except (ET.ParseError, KeyError, ValueError):
        raise UnansweredError from None
    if token := fields.get("NextContinuationToken"):
        page["NextContinuationToken"] = token
    return page


def _entry(element: ET.Element, decode: Callable[[str], str]) -> dict[str, Any]:
    fields = {_name(child): child.text or "" for child in element}
    return {"Key": decode(fields["Key"]), "Size": int(fields["Size"]), "ETag": fields.get("ETag", "")}


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]
