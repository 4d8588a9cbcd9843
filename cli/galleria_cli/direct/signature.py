"""Requests that are signed without the SDK, with the body's SHA-256 known beforehand; pure: the time is given.

Source: Amazon S3 API Reference, "Signature calculations for the Authorization
header: Transferring payload in a single chunk"; its examples are tests.
"""

import hashlib
from collections.abc import Mapping
from typing import Final, NamedTuple
from urllib.parse import quote

from galleria_storage.s3.sdk.signing import Keys, authorization

#: What is signed where a request has no body.
EMPTY_SHA256: Final = hashlib.sha256(b"").hexdigest()


class Target(NamedTuple):
    """What a request asks for.

    Attributes
    ----------
    method
        ``GET``, ``PUT`` or ``HEAD``.
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
    signature = authorization(target.method, target.path, target.query_text, everything, keys)
    return {**everything, "authorization": signature}


def _quoted(text: str) -> str:
    return quote(text, safe="-_.~")
