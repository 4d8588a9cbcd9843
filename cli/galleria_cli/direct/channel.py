"""One connection to a server: a request goes out, its answer comes in (HTTP/1.1, RFC 9112).

`http.client` is not used, since it imports the parser of e-mails and TLS whether they are needed or not: a sixth of
the time that a folder takes in which nothing has changed. An answer that is not plain is an error here, and botocore
asks again.
"""

import socket
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from galleria_storage.s3.sdk.http_session import MAX_BYTES

_LONGEST_LINE: Final = 64 * 1024
_MOST_HEADERS: Final = 200
#: Bytes of a body that are read and sent at once.
_PIECE: Final = 256 * 1024
_NO_CONTENT: Final = frozenset({204, 304})


class RawAnswer(NamedTuple):
    """An answer that was read to its end; names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Channel:
    """An open connection.

    Parameters
    ----------
    connected
        A socket, or one wrapped in TLS; the channel owns it.

    Attributes
    ----------
    stays
        Whether another request may follow.
    """

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._answers = connected.makefile("rb")
        self.stays = True

    def exchange(self, method: str, url: str, headers: Mapping[str, str], body: Any = None) -> RawAnswer:
        """Send a request and read its answer to the end.

        Parameters
        ----------
        headers
            With the length of the body, if there is one.
        body
            A file, read from its current position; None: nothing is sent.

        Raises
        ------
        OSError
            The connection broke, or the answer is not plain HTTP.
        """
        lines = [f"{method} {url} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        self._socket.sendall(("\r\n".join([*lines, "accept-encoding: identity"]) + "\r\n\r\n").encode("ascii"))
        while body is not None and (piece := body.read(_PIECE)):
            self._socket.sendall(piece)
        return self._answer(has_body=method != "HEAD")

    def close(self) -> None:
        """Drop the connection."""
        self._answers.close()
        self._socket.close()

    def _answer(self, *, has_body: bool) -> RawAnswer:
        status, is_old = self._status()
        found = self._headers()
        while 100 <= status < 200:  # noqa: PLR2004 # informational: the answer itself follows
            status, is_old = self._status()
            found = self._headers()
        self.stays = not is_old and found.get("connection", "").lower() != "close"
        has_body = has_body and status not in _NO_CONTENT
        return RawAnswer(status, found, self._content(found) if has_body else b"")

    def _status(self) -> tuple[int, bool]:
        """Read the first line; return the status, and whether the server speaks HTTP/1.0."""
        version, _, rest = self._line().partition(" ")
        code = rest[:3]
        if version not in {"HTTP/1.0", "HTTP/1.1"} or not (len(code) == 3 and _is_number(code)):  # noqa: PLR2004 # digits
            raise ConnectionError("the answer is not HTTP")
        return int(code), version == "HTTP/1.0"

    def _headers(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for _ in range(_MOST_HEADERS):
            if not (line := self._line()):
                return found
            name, colon, value = line.partition(":")
            if not colon or name != name.strip():
                raise ConnectionError("a header of the answer is not one")
            name, value = name.lower(), value.strip()
            found[name] = f"{found[name]}, {value}" if name in found else value
        raise ConnectionError("the answer has too many headers")

    def _content(self, headers: Mapping[str, str]) -> bytes:
        if coding := headers.get("transfer-encoding"):
            if coding.lower() != "chunked":
                raise ConnectionError("the answer has an unknown coding")
            return b"".join(self._chunks())
        if (length := headers.get("content-length")) is not None:
            if not _is_number(length):
                raise ConnectionError("the answer's length is not one")
            return self._exactly(int(length))
        self.stays = False
        data = self._answers.read(MAX_BYTES + 1)
        _check_size(len(data))
        return data

    def _chunks(self) -> Iterator[bytes]:
        total = 0
        while True:
            size = self._line().partition(";")[0].strip()
            if not size or size.strip("0123456789abcdefABCDEF"):
                raise ConnectionError("a chunk of the answer has no length")
            if not (length := int(size, 16)):
                self._headers()  # after the last chunk
                return
            total += length
            _check_size(total)
            yield self._exactly(length)
            if self._line():
                raise ConnectionError("a chunk of the answer is longer than it says")

    def _line(self) -> str:
        line = self._answers.readline(_LONGEST_LINE)
        if not line.endswith(b"\n"):
            raise ConnectionError("the server has closed the connection")
        return line.decode("latin-1").rstrip("\r\n")

    def _exactly(self, length: int) -> bytes:
        _check_size(length)
        data = self._answers.read(length)
        if len(data) < length:
            raise ConnectionError("the answer ended too early")
        return data


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _check_size(size: int) -> None:
    if size > MAX_BYTES:
        raise ConnectionError("the answer does not end")
