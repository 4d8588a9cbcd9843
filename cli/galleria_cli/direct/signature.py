"""Signatures of requests: AWS Signature Version 4, with the body's SHA-256 known beforehand.

Pure: the time is given. Source: Amazon S3 API Reference,
"Signature calculations for the Authorization header: Transferring payload in
a single chunk"; its examples are tests.
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Final, NamedTuple
from urllib.parse import quote

_ALGORITHM: Final = "AWS4-HMAC-SHA256"
#: What is signed where a request has no body.
EMPTY_SHA256: Final = hashlib.sha256(b"").hexdigest()


class Keys(NamedTuple):
    """Who signs, and for which region. Never printed."""

    access_key: str
    secret_key: str
    region: str

    def __repr__(self) -> str:
        """Show the region only."""
        return f"Keys(region={self.region!r})"


class Target(NamedTuple):
    """What a request asks for.

    Attributes
    ----------
    method
        ``GET`` or ``PUT``.
    host
        With a port where it is not the scheme's own.
    path
        As it goes out: see `quoted_path`.
    query
        Names and values, not quoted.
    """

    method: str
    host: str
    path: str
    query: Mapping[str, str] = {}

    @property
    def query_text(self) -> str:
        """The query as it goes out and as it is signed."""
        return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in sorted(self.query.items()))


def quoted_path(path: str) -> str:
    """Quote a path as S3 signs it: once, and slashes stay."""
    return quote(path, safe="/-_.~")


def signed(target: Target, headers: Mapping[str, str], sha256: str, keys: Keys, moment: str) -> dict[str, str]:
    """Return the headers of a request with those that sign it.

    Parameters
    ----------
    headers
        Names in lower case.
    sha256
        Of the body, in hexadecimal.
    moment
        Now, in UTC, as ``20130524T000000Z``.
    """
    everything = {**headers, "host": target.host, "x-amz-content-sha256": sha256, "x-amz-date": moment}
    names = sorted(everything)
    lines = [f"{name}:{' '.join(everything[name].split())}" for name in names]
    request = "\n".join([target.method, target.path, target.query_text, *lines, "", ";".join(names), sha256])
    day = moment[:8]
    scope = f"{day}/{keys.region}/s3/aws4_request"
    text = "\n".join([_ALGORITHM, moment, scope, hashlib.sha256(request.encode()).hexdigest()])
    signature = hmac.digest(_key_of_day(keys, day), text.encode(), "sha256").hex()
    everything["authorization"] = (
        f"{_ALGORITHM} Credential={keys.access_key}/{scope}, SignedHeaders={';'.join(names)}, Signature={signature}"
    )
    return everything


def _key_of_day(keys: Keys, day: str) -> bytes:
    key = f"AWS4{keys.secret_key}".encode()
    for part in (day, keys.region, "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def _quoted(text: str) -> str:
    return quote(text, safe="-_.~")
