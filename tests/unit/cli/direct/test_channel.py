"""One connection speaks plain HTTP/1.1, and refuses what is not."""

import io
import socket
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria_cli.direct import channel
from galleria_cli.direct.channel import Channel, RawAnswer

Answering = Callable[[bytes], Channel]


@pytest.fixture
def answering() -> Iterator[Answering]:
    opened: list[socket.socket] = []

    def prepare(said: bytes) -> Channel:
        here, there = socket.socketpair()
        opened.extend((here, there))
        there.sendall(said)
        there.shutdown(socket.SHUT_WR)
        return Channel(here)

    yield prepare
    for each in opened:
        each.close()


def ask(one: Channel) -> RawAnswer:
    try:
        return one.exchange("GET", "/", {})
    finally:
        one.close()


def test_a_request_is_sent_as_it_is_signed() -> None:
    here, there = socket.socketpair()
    with here, there:
        there.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
        one = Channel(here)
        one.exchange("PUT", "/photos/a%20b", {"host": "h", "content-length": "5"}, io.BytesIO(b"photo"))
        sent = there.recv(4096)
        one.close()
    head, _, body = sent.partition(b"\r\n\r\n")
    assert head.split(b"\r\n") == [
        *(b"PUT /photos/a%20b HTTP/1.1", b"host: h", b"content-length: 5", b"accept-encoding: identity"),
    ]
    assert body == b"photo"


def test_an_answer_has_its_status_headers_and_body(answering: Answering) -> None:
    one = answering(b"HTTP/1.1 200 OK\r\nETag: a\r\nX-Id: 1\r\nx-id: 2\r\nContent-Length: 4\r\n\r\nbodyand more")
    assert one.exchange("GET", "/", {}) == (200, {"etag": "a", "x-id": "1, 2", "content-length": "4"}, b"body")
    assert one.stays
    one.close()


@given(st.lists(st.binary(min_size=1, max_size=50), max_size=5))
def test_a_body_in_chunks_is_put_together(pieces: list[bytes]) -> None:
    chunks = b"".join(b"%x;name=value\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    here, there = socket.socketpair()
    with here, there:
        there.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\nTrailer: x\r\n\r\n")
        assert ask(Channel(here)).body == b"".join(pieces)


def test_answers_follow_each_other(answering: Answering) -> None:
    one = answering(b"HTTP/1.1 200\r\nContent-Length: 1\r\n\r\naHTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
    assert [one.exchange("GET", "/", {}).status for _ in range(2)] == [200, 404]
    one.close()


def test_what_is_only_informational_is_passed_over(answering: Answering) -> None:
    assert ask(answering(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\nETag: a\r\n\r\n")).status == 204


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na",
        b"HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 1\r\n\r\na",
        b"HTTP/1.1 200 OK\r\n\r\na",
    ],
)
def test_a_connection_that_the_server_will_close_is_not_used_again(said: bytes, answering: Answering) -> None:
    one = answering(said)
    assert one.exchange("GET", "/", {}).body == b"a"
    assert not one.stays
    one.close()


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"HTTP/1.1 200 OK\r\n",
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 20\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\na",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Length: ²\r\n\r\nab".encode("latin-1"),
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\na",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 201 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nA: " + b"b" * 70_000 + b"\r\n\r\n",
    ],
)
def test_an_answer_that_is_not_plain_is_refused(said: bytes, answering: Answering) -> None:
    with pytest.raises(ConnectionError, match=r"answer|server"):
        ask(answering(said))


def test_an_answer_without_an_end_is_given_up(answering: Answering, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "MAX_BYTES", 10)
    for said in (b"\r\n12345678901", b"Transfer-Encoding: chunked\r\n\r\n6\r\n123456\r\n6\r\n123456\r\n0\r\n\r\n"):
        with pytest.raises(ConnectionError, match="does not end"):
            ask(answering(b"HTTP/1.1 200 OK\r\n" + said))


def test_the_answer_to_a_head_has_no_body_whatever_its_length_says(answering: Answering) -> None:
    one = answering(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nHTTP/1.1 404 Not Found\r\n\r\n")
    assert [one.exchange("HEAD", "/", {}).status for _ in range(2)] == [200, 404]
    one.close()
