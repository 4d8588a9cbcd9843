"""A body is read straight into the buffer, over http and https, and nothing is lost on the way."""

import datetime as dt
import gc
import ssl
import threading
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from botocore.response import StreamingBody
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from galleria_storage.errors import IntegrityError
from galleria_storage.s3.clients import get_s3_client
from galleria_storage.s3.objects import ObjectStore, ObjectStream
from galleria_storage.s3.profiles import AWS, CEPH, ProviderProfile
from galleria_storage.s3.sdk.http_session import straight_reader

BODY = bytes(range(256)) * 4000


class Served(ThreadingHTTPServer):
    """Answers every GET with `BODY`, sending `sent` bytes of it; counts its connections."""

    sent = len(BODY)
    chunked = False
    checksum = b""
    connections = 0
    daemon_threads = True

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections += 1
        super().process_request(request, client_address)

    def handle_error(self, *_: Any) -> None:
        """Say nothing when a client leaves early."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Served

    def do_GET(self) -> None:  # the name that http.server looks for
        self.send_response(200)
        self.send_header("ETag", '"e"')
        if self.server.checksum:
            self.send_header("x-amz-checksum-crc32", b64encode(self.server.checksum).decode())
        if self.server.chunked:
            self.send_header("Transfer-Encoding", "chunked")
            self.send_header("x-amz-meta-size", "unknown")
        else:
            self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        if self.server.chunked:
            self.wfile.write(b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY))
        else:
            self.wfile.write(BODY[: self.server.sent])
            self.close_connection = self.server.sent < len(BODY)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for 127.0.0.1 that signs itself."""
    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + dt.timedelta(days=1))
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "key-and-certificate.pem"
    pem, clear = serialization.Encoding.PEM, serialization.NoEncryption()
    path.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, clear) + made.public_bytes(pem))
    return path


@contextmanager
def serving(scheme: str, certificate: Path) -> Iterator[Served]:
    with Served(("127.0.0.1", 0), Handler) as server:
        if scheme == "https":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(params=["http", "https"])
def server(request: pytest.FixtureRequest, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
    with serving(request.param, certificate) as served:
        served.scheme = request.param  # type: ignore[attr-defined] # for `store`
        yield served


def store(server: Any, profile: ProviderProfile = CEPH) -> ObjectStore:
    endpoint = f"{server.scheme}://127.0.0.1:{server.server_port}"
    return ObjectStore(get_s3_client(endpoint, "key", "secret", "us-east-1"), "bucket", profile)


def is_straight(read: Callable[[memoryview], int]) -> bool:
    """Return the name of the function that reads; botocore before 1.38.21 has no `readinto` to compare it with."""
    return getattr(read, "__qualname__", "").startswith("straight_reader.")


def read(stream: ObjectStream, piece: int = 100_000) -> bytes:
    found, buffer = bytearray(), memoryview(bytearray(piece))
    while count := stream.readinto(buffer):
        found += buffer[:count]
    return bytes(found)


def test_the_bytes_are_those_that_were_sent_and_the_next_read_uses_the_same_connection(server: Served) -> None:
    reader = store(server)
    for _ in range(3):
        with reader.open("a.jpg") as stream:
            assert is_straight(stream._read)
            assert read(stream) == BODY
            assert stream.position == len(BODY)
    assert server.connections == 1


def test_an_early_end_is_an_error_that_says_where(server: Served) -> None:
    server.sent = 300_000
    with store(server).open("a.jpg") as stream, pytest.raises(IntegrityError, match="300000"):
        read(stream)


def test_more_bytes_than_there_are_cannot_be_had(server: Served) -> None:
    with store(server).open("a.jpg") as stream, pytest.raises(IntegrityError, match="too early"):
        stream.fill(memoryview(bytearray(len(BODY) + 1)))


def test_a_body_that_nobody_wants_any_more_leaves_no_broken_connection(server: Served) -> None:
    reader = store(server)
    with reader.open("a.jpg") as stream:
        stream.readinto(memoryview(bytearray(10)))
    with reader.open("a.jpg") as stream:
        assert read(stream) == BODY
    gc.collect()
    assert server.connections == 2


def test_a_body_in_chunks_of_unknown_length_is_read_as_boto3_reads_it(server: Served) -> None:
    server.chunked = True
    answer = store(server).client.get_object(Bucket="bucket", Key="a.jpg")
    assert not is_straight(straight_reader(answer["Body"]))
    assert answer["Body"].read() == BODY


def test_a_body_with_a_checksum_is_read_through_boto3_which_compares_it(server: Served) -> None:
    reader = store(server, AWS)
    server.checksum = zlib.crc32(BODY).to_bytes(4, "big")
    with reader.open("a.jpg") as stream:
        assert not is_straight(stream._read)
        assert read(stream) == BODY
    server.checksum = zlib.crc32(b"other").to_bytes(4, "big")
    with reader.open("a.jpg") as stream, pytest.raises(IntegrityError):
        read(stream)


def test_a_body_of_another_make_is_read_as_it_wants_to_be() -> None:
    class Unknown:
        def readinto(self, buffer: memoryview) -> int:
            buffer[:3] = b"abc"
            return 3

    for body in (Unknown(), StreamingBody(Unknown(), 3)):
        assert not is_straight(straight_reader(body))


def test_a_body_of_which_something_was_read_is_read_on_as_it_was_begun(server: Served) -> None:
    body = store(server).client.get_object(Bucket="bucket", Key="a.jpg")["Body"]
    start = body.read(5)
    assert not is_straight(straight_reader(body))
    assert start + body.read() == BODY


def test_a_body_of_an_older_botocore_is_read_too() -> None:
    class OldBody:
        def __init__(self) -> None:
            self._rest = b"photograph"

        def read(self, size: int) -> bytes:
            data, self._rest = self._rest[:size], self._rest[size:]
            return data

    read, buffer = straight_reader(OldBody()), bytearray(8)
    assert [read(memoryview(buffer)), bytes(buffer)] == [8, b"photogra"]
    assert [read(memoryview(buffer)), bytes(buffer[:2]), read(memoryview(buffer))] == [2, b"ph", 0]
