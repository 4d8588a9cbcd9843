"""A request to the public URL ends, whatever the other side sends."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from galleria_storage.cors.public_request import MAX_HEAD_BYTES, Answer, ask, public_url
from galleria_storage.errors import ProviderError, SettingsError

Speaker = Callable[[socket.socket, threading.Event], None]
OK = b"HTTP/1.1 200 OK\r\n"


@contextmanager
def speaking(speak: Speaker) -> Iterator[str]:
    """Serve one connection: read the request, then let `speak` send what it likes until it is told to stop."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                connection, _ = server.accept()
                with connection, suppress(OSError):
                    connection.recv(65536)
                    speak(connection, over)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/one.jpg"
        finally:
            over.set()
            with suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)  # wakes `accept`, which closing alone does not
            server.close()
            thread.join()


def saying(data: bytes) -> Speaker:
    return lambda connection, _: connection.sendall(data)


def holding_after(data: bytes) -> Speaker:
    def speak(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(data)
        over.wait()

    return speak


def repeating(data: bytes, pause: float = 0.0) -> Speaker:
    def speak(connection: socket.socket, over: threading.Event) -> None:
        while not over.wait(pause):
            connection.sendall(data)

    return speak


def asked(speak: Speaker, method: str = "GET", seconds: float = 5.0) -> Answer:
    with speaking(speak) as url:
        return ask(public_url(url, "CORS_PROBE_URL"), method, {"Origin": "https://a.example"}, seconds=seconds)


def test_headers_of_one_name_stay_apart() -> None:
    answer = asked(saying(OK + b"A: 1\r\na: 2 \r\nB:\r\n\r\nbody"))
    assert answer.headers.fields == [("A", " 1"), ("a", " 2 "), ("B", "")]
    assert (answer.status, answer.headers.get("a"), answer.body) == (200, "1, 2", b"body")


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.0 200\r\nA: 1\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n" + OK + b"A: 1\r\n\r\n",
        b"HTTP/1.1 200 OK\nA: 1\n\n",
        OK + b"A:\r\n 1\r\n\r\n",
        OK + b"A : 1\r\nnonsense\r\n\r\n",
    ],
)
def test_heads_of_many_spellings_are_read(head: bytes) -> None:
    answer = asked(saying(head))
    assert (answer.status, answer.headers.get("A")) == (200, "1")


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_the_body_is_not_read_where_it_does_not_matter(method: str) -> None:
    assert asked(holding_after(OK + b"\r\n"), method).body == b""


def test_only_the_first_bytes_of_a_body_are_read() -> None:
    assert len(asked(repeating(OK + b"\r\n" + b"x" * 4096)).body) == 512  # as docs/cors.md says


def test_a_body_that_does_not_come_is_empty() -> None:
    silent = asked(holding_after(OK + b"\r\n"), seconds=0.5)
    assert (silent.status, silent.body) == (200, b"")


def test_the_longest_head_that_is_allowed_is_read_and_one_byte_more_is_not() -> None:
    frame = len(OK + b"A: \r\n\r\n")
    assert len(asked(saying(OK + b"A: " + b"x" * (65_536 - frame) + b"\r\n\r\n")).headers.get("A")) == 65_536 - frame
    with pytest.raises(ProviderError, match="more than 65,536 bytes of headers"):
        asked(saying(OK + b"A: " + b"x" * (65_537 - frame) + b"\r\n\r\n"))


@pytest.mark.parametrize(
    ("speak", "problem"),
    [
        (repeating(b"HTTP/1.1 100 Continue\r\n\r\n"), "bytes of headers"),
        (repeating(b"HTTP/1.1 100 Continue\r\n\r\n", pause=0.01), "no answer within 0.5 seconds"),
        (repeating(b"A", pause=0.01), "no answer within 0.5 seconds"),
        (repeating(b"A: 1\r\n"), "bytes of headers"),
        (saying(OK + b"A: " + b"x" * (MAX_HEAD_BYTES + 1) + b"\r\n\r\n"), "bytes of headers"),
        (holding_after(b""), "no answer within 0.5 seconds"),
        (saying(b""), "answer is incomplete"),
        (saying(OK + b"A: 1\r\n"), "answer is incomplete"),
        (saying(b"SSH-2.0-OpenSSH\r\n\r\n"), "does not answer in HTTP/1.1"),
        (saying(b"HTTP/1.1 2000 OK\r\n\r\n"), "does not answer in HTTP/1.1"),
        (saying(b"HTTP/1.1 101 Switching Protocols\r\n\r\n"), "another protocol"),
    ],
)
def test_an_answer_without_end_or_sense_is_an_error(speak: Speaker, problem: str) -> None:
    with pytest.raises(ProviderError, match=problem):
        asked(speak, seconds=0.5)


def test_nobody_who_listens_is_an_error() -> None:
    with speaking(saying(b"")) as url:
        pass
    with pytest.raises(ProviderError, match="gives no answer"):
        ask(public_url(url, "CORS_PROBE_URL"), "GET", {})


def test_a_server_without_tls_at_an_https_address_is_an_error() -> None:
    with speaking(saying(OK + b"\r\n")) as url, pytest.raises(ProviderError, match="gives no answer"):
        ask(public_url(url.replace("http:", "https:"), "CORS_PROBE_URL"), "GET", {})


@pytest.mark.parametrize(
    ("text", "host", "target"),
    [
        ("https://photos.example/a b.jpg?x=1&y=%20", "photos.example", "/a%20b.jpg?x=1&y=%20"),
        ("https://photos.example", "photos.example", "/"),
        ("https://fotos-\xe5.example/\xe5.jpg", "xn--fotos--nua.example", "/%C3%A5.jpg"),
        ("http://[::1]:8080/a.jpg", "::1", "/a.jpg"),
    ],
)
def test_an_address_is_sent_as_a_browser_sends_it(text: str, host: str, target: str) -> None:
    url = public_url(text, "CORS_PROBE_URL")
    assert (url.host, url.target) == (host, target)


@pytest.mark.parametrize(
    "text",
    ["ftp://a.example/x", "a.example/x.jpg", "https:///x", "https://a.example:x/", "https://[::1/", "", "https://."],
)
def test_what_no_browser_opens_is_refused_and_named(text: str) -> None:
    with pytest.raises(SettingsError, match="CORS_PROBE_URL is"):
        public_url(text, "CORS_PROBE_URL")


def test_neither_a_password_nor_a_signature_is_shown() -> None:
    with pytest.raises(SettingsError) as caught:
        public_url("https://key:secret@photos.example/a.jpg", "CORS_PROBE_URL")
    assert "secret" not in str(caught.value)
    with pytest.raises(SettingsError) as caught:
        public_url("ftp://photos.example/a.jpg?X-Amz-Signature=secret", "CORS_PROBE_URL")
    assert "secret" not in str(caught.value)
    assert public_url("https://photos.example/a.jpg?sig=secret", "").shown == "https://photos.example/a.jpg"
