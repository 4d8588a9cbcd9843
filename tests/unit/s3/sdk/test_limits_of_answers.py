"""Endless answers are not read; all others are read as botocore reads them."""

import io
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import MappingProxyType, SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from galleria_storage.errors import NotFoundError, ProviderError
from galleria_storage.s3.clients import get_s3_client
from galleria_storage.s3.faults import translated
from galleria_storage.s3.listing import list_objects
from galleria_storage.s3.sdk.http_session import HttpSession

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_OBJECT = b"<Contents><Key>a</Key><Size>1</Size></Contents>"
LISTING = b"<ListBucketResult><IsTruncated>false</IsTruncated>%s</ListBucketResult>" % _OBJECT
NO_SUCH_KEY = b"<Error><Code>NoSuchKey</Code><Message>no</Message></Error>"
Serve = Callable[[socket.socket], None]


@contextmanager
def server(serve: Serve) -> Iterator[str]:
    """Give each connection to a function, again and again until its other end closes it."""

    def run(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            while connection.recv(65536):
                serve(connection)

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=run, args=(listener.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)


def client(url: str, **bounds: Any) -> "S3Client":
    made = get_s3_client(url, "key", "secret", "us-east-1")
    session = made._endpoint.http_session
    assert isinstance(session, HttpSession)
    if bounds:
        made._endpoint.http_session = HttpSession(session._session, **bounds)
    return made


def answer(status: str, body: bytes, *, chunked: bool = False) -> bytes:
    if chunked:
        pieces = b"".join(b"%x\r\n%s\r\n" % (len(body[n : n + 7]), body[n : n + 7]) for n in range(0, len(body), 7))
        return f"HTTP/1.1 {status}\r\nTransfer-Encoding: chunked\r\n\r\n".encode() + pieces + b"0\r\n\r\n"
    return f"HTTP/1.1 {status}\r\nETag: e\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


@pytest.mark.parametrize("chunked", [False, True])
def test_an_answer_is_read_as_a_whole_and_its_connection_used_again(*, chunked: bool) -> None:
    connections = set()

    def serve(connection: socket.socket) -> None:
        connections.add(connection)
        connection.sendall(answer("200 OK", LISTING, chunked=chunked))

    with server(serve) as url:
        made = client(url)
        for _ in range(3):
            assert [found.key for found in list_objects(made, "photos")] == ["a"]
    assert len(connections) == 1


def test_an_answer_without_a_body_leaves_its_connection_usable() -> None:
    connections = set()

    def serve(connection: socket.socket) -> None:
        connections.add(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nETag: e\r\nContent-Length: 5\r\n\r\n")

    with server(serve) as url:
        made = client(url)
        assert [made.head_object(Bucket="photos", Key="a.jpg")["ContentLength"] for _ in range(3)] == [5] * 3
    assert len(connections) == 1


def test_a_body_that_is_streamed_is_left_to_its_reader() -> None:
    with server(lambda connection: connection.sendall(answer("200 OK", b"photo"))) as url:
        made = client(url, max_bytes=1)
        assert made.get_object(Bucket="photos", Key="a.jpg")["Body"].read() == b"photo"


def test_what_a_get_is_refused_with_is_read_and_bounded() -> None:
    with server(lambda connection: connection.sendall(answer("404 Not Found", NO_SUCH_KEY))) as url:
        with pytest.raises(NotFoundError), translated(bucket="photos", key="a.jpg"):
            client(url).get_object(Bucket="photos", Key="a.jpg")
        with pytest.raises(ProviderError, match="does not end"), translated(bucket="photos", key="a.jpg"):
            client(url, max_bytes=10).get_object(Bucket="photos", Key="a.jpg")


def endless(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n<ListBucketResult>")
    while True:
        connection.sendall(b" " * 65536)


def test_an_answer_without_end_is_dropped() -> None:
    with server(endless) as url, pytest.raises(ProviderError, match="does not end"):
        list(list_objects(client(url, max_bytes=1_000_000), "photos"))


def test_an_answer_that_drips_is_dropped_in_time() -> None:
    """Every look at the clock is a second later: what comes in pieces takes too long."""
    seconds = iter(range(1_000_000))
    with server(lambda c: c.sendall(answer("200 OK", LISTING, chunked=True))) as url:
        made = client(url, max_seconds=3, clock=lambda: float(next(seconds)))
        with pytest.raises(ProviderError, match="does not end"):
            list(list_objects(made, "photos"))


def test_a_connection_that_breaks_off_is_an_error_of_the_connection() -> None:
    def serve(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab")
        connection.shutdown(socket.SHUT_RDWR)

    with server(serve) as url, pytest.raises(ProviderError, match=r"the connection to \S+ broke"):
        list(list_objects(client(url), "photos"))


@pytest.mark.skipif(not hasattr(socket, "TCP_QUICKACK"), reason="only Linux acknowledges on demand")
def test_the_headers_of_an_answer_are_acknowledged_before_its_body_is_awaited() -> None:
    """Without that, a server with Nagle's algorithm sends the body 40 ms after its headers."""
    asked: list[tuple[int, ...]] = []

    class Connected:
        def setsockopt(self, *option: int) -> None:
            asked.append(option)
            raise OSError("a socket that is closed already does no harm")

    class Raw(io.BytesIO):
        _connection = SimpleNamespace(sock=Connected())
        headers = MappingProxyType[str, str]({})
        read1 = io.BytesIO.read

    class Session:
        def send(self, _: Any) -> Any:
            return SimpleNamespace(status_code=200, raw=Raw(b"body"))

    answer = HttpSession(Session()).send(SimpleNamespace(stream_output=False, headers={}))
    assert asked == [(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)]
    assert answer._content == b"body"
