"""Connections to one host that stay open from one request to the next. Threads may share them."""

import weakref
from collections import deque
from collections.abc import Mapping
from functools import cached_property
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from ssl import SSLContext

#: What a request may fail with on its way.
BREAKS: Final = (HTTPException, OSError)
#: The largest answer that is read; as `s3.sdk.bounded` has it.
MAX_BYTES: Final = 32 * 1024 * 1024
_SECONDS: Final = 60
#: Bytes of a body that are read and sent at once.
_PIECE: Final = 256 * 1024


class RawAnswer(NamedTuple):
    """An answer that was read to its end; names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Connections:
    """Open connections to one endpoint.

    Parameters
    ----------
    url
        Scheme, host, and port where it is not the scheme's own.
    trusted
        A file of certificates in place of the system's own, or empty.
    """

    def __init__(self, url: str, trusted: str = "") -> None:
        parts = urlsplit(url)
        self._secure = parts.scheme == "https"
        self._address = (parts.hostname or "", parts.port)
        self._trusted = trusted
        self._idle: deque[HTTPConnection] = deque()
        weakref.finalize(self, _close_all, self._idle)

    def exchange(self, method: str, url: str, headers: Mapping[str, str], body: Any = None) -> RawAnswer:
        """Send a request and read the answer.

        Parameters
        ----------
        body
            Bytes, or a file that can seek; its length is in the headers.

        Raises
        ------
        OSError, http.client.HTTPException
            The connection broke, or the answer does not come to an end. A connection that the server had closed
            in the meantime is replaced by a new one, once.
        """
        try:
            connection = self._idle.pop()
        except IndexError:
            return self._exchange(self._new(), method, url, headers, body)
        try:
            return self._exchange(connection, method, url, headers, body)
        except (ConnectionError, HTTPException):
            if hasattr(body, "seek"):
                body.seek(0)
            return self._exchange(self._new(), method, url, headers, body)

    def _exchange(
        self, connection: HTTPConnection, method: str, url: str, headers: Mapping[str, str], body: Any
    ) -> RawAnswer:
        try:
            connection.request(method, url, body, dict(headers))
            answer = connection.getresponse()
            data = _read(answer)
        except BaseException:
            connection.close()
            raise
        if answer.will_close:
            connection.close()
        else:
            self._idle.append(connection)
        return RawAnswer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, data)

    def _new(self) -> HTTPConnection:
        host, port = self._address
        if not self._secure:
            return HTTPConnection(host, port, timeout=_SECONDS, blocksize=_PIECE)
        return HTTPSConnection(host, port, timeout=_SECONDS, blocksize=_PIECE, context=self._context)

    @cached_property
    def _context(self) -> "SSLContext":
        from ssl import create_default_context  # noqa: PLC0415 # not for plain HTTP

        return create_default_context(cafile=self._trusted or None)


def _read(answer: HTTPResponse) -> bytes:
    data = answer.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise HTTPException("the answer does not come to an end")
    return data


def _close_all(idle: deque[HTTPConnection]) -> None:
    while idle:
        idle.pop().close()
