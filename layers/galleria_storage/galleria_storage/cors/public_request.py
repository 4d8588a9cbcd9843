"""One unsigned HTTP request to a public address, limited in time and size whatever the other side does.

Python's own client restarts its timeout with each byte and reads any number of interim answers, so a server that drips
bytes or repeats ``100 Continue`` could keep it waiting forever. Here one deadline and one size apply to the whole
answer (RFC 9112, 2 to 6).
"""

import re
import socket
import ssl
import time
from collections.abc import Mapping
from typing import Final, NamedTuple
from urllib.parse import SplitResult, quote, urlsplit

from galleria_storage.cors.fetch_standard import HeaderList
from galleria_storage.errors import ProviderError, SettingsError

#: Seconds for one answer, from the connection to its headers.
TIMEOUT_SECONDS: Final = 10.0
#: Bytes of all headers, interim answers included.
MAX_HEAD_BYTES: Final = 64 * 1024
#: Bytes of a body that are examined, and how long they may take.
BODY_BYTES: Final = 512
BODY_SECONDS: Final = 2.0
_RECEIVE: Final = 16 * 1024
_HEAD_END: Final = re.compile(rb"\r?\n\r?\n")
_STATUS_LINE: Final = re.compile(r"HTTP/1\.[01] ([1-9][0-9]{2})(?: .*)?")
_SWITCHING, _FIRST_FINAL = 101, 200
_URL_CHARACTERS: Final = "/%:=&?~+!$,;'@()*[]"


class Answer(NamedTuple):
    """Status, headers, and the first bytes of the body."""

    status: int
    headers: HeaderList
    body: bytes


class PublicUrl(NamedTuple):
    """An address that a browser could open."""

    parts: SplitResult
    port: int

    @property
    def shown(self) -> str:
        """The address without its query, which may be signed."""
        return f"{self.parts.scheme}://{self.parts.netloc}{self.parts.path}"

    @property
    def host(self) -> str:
        """Name or address of the host, as it is looked up."""
        return (self.parts.hostname or "").encode("idna").decode()

    @property
    def target(self) -> str:
        """Path and query, as in the request line."""
        path = quote(self.parts.path or "/", safe=_URL_CHARACTERS)
        return path + (f"?{quote(self.parts.query, safe=_URL_CHARACTERS)}" if self.parts.query else "")


def public_url(text: str, setting: str) -> PublicUrl:
    """Read the public address of an object.

    Raises
    ------
    SettingsError
        A browser could not open it, or it contains a user name or password, which the error does not show. The error
        names `setting`.
    """
    allowed = "allowed is the public https address of a photo"
    try:
        parts = urlsplit(text)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        (parts.hostname or "").encode("idna")
    except ValueError:
        raise SettingsError(f"{setting} is not an address; {allowed}", tag=setting) from None
    if "@" in parts.netloc:
        raise SettingsError(f"{setting} holds a user name or password; {allowed}, without them", tag=setting)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingsError(f"{setting} is {text.partition('?')[0]!r}; {allowed}", tag=setting)
    return PublicUrl(parts, port)


def ask(url: PublicUrl, method: str, headers: Mapping[str, str], *, seconds: float = TIMEOUT_SECONDS) -> Answer:
    """Send a request and read the answer's head, and for a GET the first bytes of its body.

    Raises
    ------
    ProviderError
        There was no answer in time, or it was not HTTP.
    """
    deadline = time.monotonic() + seconds
    try:
        with _connect(url, deadline) as connection:
            connection.sendall(_request(url, method, headers))
            return _Reader(connection, deadline).answer(with_body=method == "GET")
    except TimeoutError as error:
        raise ProviderError(f"the public URL gives no answer within {seconds:g} seconds") from error
    except OSError as error:
        raise ProviderError(f"the public URL gives no answer: {str(error) or type(error).__name__}") from error


def _connect(url: PublicUrl, deadline: float) -> socket.socket:
    connection = socket.create_connection((url.host, url.port), timeout=_left(deadline))
    if url.parts.scheme == "http":
        return connection
    connection.settimeout(_left(deadline))
    try:
        return ssl.create_default_context().wrap_socket(connection, server_hostname=url.host)
    except OSError:
        connection.close()
        raise


def _request(url: PublicUrl, method: str, headers: Mapping[str, str]) -> bytes:
    host = f"[{url.host}]" if ":" in url.host else url.host
    port = f":{url.parts.port}" if url.parts.port else ""
    fields = {"Host": host + port, "Accept": "*/*", "Connection": "close", **headers}
    lines = [f"{method} {url.target} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class _Reader:
    """Reads one answer from a connection before a deadline."""

    def __init__(self, connection: socket.socket, deadline: float) -> None:
        self._connection = connection
        self._deadline = deadline
        self._buffer = b""
        self._head_bytes = 0

    def answer(self, *, with_body: bool) -> Answer:
        while True:
            status, headers = _parse(self._head())
            if status >= _FIRST_FINAL:
                return Answer(status, headers, self._body() if with_body else b"")
            if status == _SWITCHING:
                raise ProviderError("the public URL answers with another protocol")

    def _head(self) -> str:
        while not (end := _HEAD_END.search(self._buffer)):
            if self._head_bytes + len(self._buffer) > MAX_HEAD_BYTES:
                raise ProviderError(f"the public URL answers with more than {MAX_HEAD_BYTES:,} bytes of headers")
            self._connection.settimeout(_left(self._deadline))
            if not (received := self._connection.recv(_RECEIVE)):
                raise ProviderError("the public URL's answer is incomplete")
            self._buffer += received
        head, self._buffer = self._buffer[: end.start()], self._buffer[end.end() :]
        self._head_bytes += end.end()
        if self._head_bytes > MAX_HEAD_BYTES:
            raise ProviderError(f"the public URL answers with more than {MAX_HEAD_BYTES:,} bytes of headers")
        return head.decode("latin-1")

    def _body(self) -> bytes:
        """Return the first bytes of the body that arrive soon; a body that does not arrive is empty."""
        deadline = min(self._deadline, time.monotonic() + BODY_SECONDS)
        try:
            while len(self._buffer) < BODY_BYTES:
                self._connection.settimeout(_left(deadline))
                if not (received := self._connection.recv(BODY_BYTES)):
                    break
                self._buffer += received
        except OSError:
            pass
        return self._buffer[:BODY_BYTES]


def _parse(head: str) -> tuple[int, HeaderList]:
    first, *lines = re.sub(r"\r?\n[ \t]+", " ", head).replace("\r\n", "\n").split("\n")
    status = _STATUS_LINE.fullmatch(first)
    if not status:
        raise ProviderError("the public URL does not answer in HTTP/1.1")
    fields = [line.partition(":") for line in lines]
    return int(status[1]), HeaderList([(name.strip(), value) for name, colon, value in fields if colon])
