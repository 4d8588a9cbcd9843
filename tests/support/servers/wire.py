"""A loopback proxy that sees every HTTP exchange with a server, counts its bytes, and can spoil it.

It is between the library and a real server, so it counts what went over the wire, whatever boto3 retried.
The Host header passes unchanged, and with it the signature.
"""

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from tests.support.servers.web import serving

#: Small, so that a body that the client does not read is not counted as delivered by the kernel's buffers.
SOCKET_BUFFER: Final = 64 * 1024
CHUNK: Final = 64 * 1024
#: `refuse`: 503 before the server hears of it; `lose`: the server does it, the answer is lost; `cut`: half a body.
Fault = Literal["refuse", "lose", "cut"]
SLOW_DOWN: Final = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"


@dataclass
class Exchange:
    """One request and its answer.

    Attributes
    ----------
    method, path, query
        Of the request line; path as it was sent, percent-encoded.
    headers
        Of the request, names in lower case.
    sent, received
        Bytes of the request's body, and of the answer's body as far as the client took it.
    status
        Of the answer; 0 if there was none.
    """

    method: str
    path: str
    query: str
    headers: dict[str, str]
    sent: int = 0
    received: int = 0
    status: int = 0

    @property
    def name(self) -> str:
        """Method and what the query asks for, as in `PUT uploadId`."""
        words = [word.partition("=")[0] for word in self.query.split("&")]
        telling = [w for w in words if w in {"tagging", "uploads", "uploadId", "list-type", "cors", "delete"}]
        return " ".join([self.method, *telling])


@dataclass
class Wire:
    """The proxy's address and what has passed through it; `added` are headers that every request gets on its way."""

    endpoint: str = ""
    added: Mapping[str, str] = field(default_factory=dict)
    exchanges: list[Exchange] = field(default_factory=list)
    fault: Callable[[Exchange], Fault | None] = lambda _exchange: None

    def names(self) -> list[str]:
        """Return what was asked, in order."""
        return [exchange.name for exchange in self.exchanges]

    def sent(self) -> int:
        """Return the bytes of all request bodies."""
        return sum(exchange.sent for exchange in self.exchanges)

    def received(self) -> int:
        """Return the bytes of all answer bodies that were taken."""
        return sum(exchange.received for exchange in self.exchanges)


@contextmanager
def proxied(endpoint: str) -> Iterator[Wire]:
    """Run a proxy in front of a server's endpoint."""
    wire = Wire()
    upstream = urlsplit(endpoint)

    class Handler(_Handler):
        pass

    Handler.wire = wire
    Handler.upstream = (str(upstream.hostname), int(upstream.port or 80))
    with serving(Handler) as wire.endpoint:
        yield wire


class _Handler(BaseHTTPRequestHandler):
    """One client connection, with one connection to the server behind it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wire: Wire
    upstream: tuple[str, int]

    def setup(self) -> None:
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SOCKET_BUFFER)
        super().setup()
        self.server_side = HTTPConnection(*self.upstream, timeout=120)

    def finish(self) -> None:
        self.server_side.close()
        super().finish()

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except OSError:  # either side has left; a proxy passes that on by leaving too
            self.close_connection = True

    def relay(self) -> None:
        """Pass one request on and its answer back."""
        body = self._request_body()
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        exchange = Exchange(self.command, path, query, headers, sent=len(body))
        self.wire.exchanges.append(exchange)
        fault = self.wire.fault(exchange)
        if fault == "refuse":
            exchange.status = 503
            self._answer(503, [("Content-Length", str(len(SLOW_DOWN)))], iter([SLOW_DOWN]), exchange)
            return
        answer = self._ask(body)
        if fault == "lose":
            answer.read()
            self.close_connection = True
            return
        exchange.status = answer.status
        self._pass_back(answer, exchange, cut=fault == "cut")

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = do_OPTIONS = relay  # noqa: N815 # names that http.server looks for

    def log_message(self, *_: Any) -> None:
        """Say nothing: `Wire.exchanges` is the log."""

    def _request_body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _ask(self, body: bytes) -> HTTPResponse:
        self.server_side.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in {"expect", "transfer-encoding", "content-length", "connection"}:
                self.server_side.putheader(name, value)
        for name, value in self.wire.added.items():
            self.server_side.putheader(name, value)
        if body or self.command in {"PUT", "POST"}:
            self.server_side.putheader("Content-Length", str(len(body)))
        self.server_side.endheaders(body or None)
        return self.server_side.getresponse()

    def _pass_back(self, answer: HTTPResponse, exchange: Exchange, *, cut: bool) -> None:
        skipped = {"transfer-encoding", "connection", "content-length"}
        headers = [(name, value) for name, value in answer.getheaders() if name.lower() not in skipped]
        length = answer.getheader("Content-Length")
        if length is None and self.command != "HEAD" and answer.status not in {204, 304}:
            whole = answer.read()
            headers.append(("Content-Length", str(len(whole))))
            body = iter([whole])
        else:
            if length is not None:
                headers.append(("Content-Length", length))
            body = iter(lambda: answer.read(CHUNK), b"")
        if cut and length is not None:
            body = iter([answer.read(int(length) // 2)])
            self.close_connection = True
        try:
            self._answer(answer.status, headers, body, exchange)
        finally:
            if not answer.isclosed():
                self.server_side.close()

    def _answer(self, status: int, headers: list[tuple[str, str]], body: Iterator[bytes], exchange: Exchange) -> None:
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        for part in body:
            self.wfile.write(part)
            exchange.received += len(part)
