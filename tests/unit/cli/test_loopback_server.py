"""The embedded server answers programs on this computer, and no page in a browser."""

import http.client
from collections.abc import Iterator
from urllib.parse import urlsplit

import boto3
import pytest

from galleria_cli.demo.loopback_server import LoopbackServer


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = LoopbackServer()
    server.start()
    try:
        yield server.endpoint
    finally:
        server.stop()


def status(endpoint: str, method: str, path: str, headers: dict[str, str]) -> int:
    parts = urlsplit(endpoint)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    try:
        connection.request(method, path, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_program_can_write_and_read(endpoint: str, host: str) -> None:
    s3 = boto3.client(
        "s3",
        endpoint_url=endpoint.replace("127.0.0.1", host),
        region_name="us-east-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",
    )
    s3.create_bucket(Bucket="staging")
    s3.put_object(Bucket="staging", Key="a.jpg", Body=b"photo")
    assert s3.get_object(Bucket="staging", Key="a.jpg")["Body"].read() == b"photo"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:8000"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "evil.example:80"},
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example:80"},
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "/staging/a.jpg"), ("GET", "/staging/a.jpg"), ("OPTIONS", "/staging/a.jpg"), ("POST", "/moto-api/reset")],
)
def test_a_page_is_refused_whatever_it_asks(endpoint: str, method: str, path: str, headers: dict[str, str]) -> None:
    assert status(endpoint, method, path, headers) == 403


def test_an_address_that_a_person_opened_is_answered(endpoint: str) -> None:
    assert status(endpoint, "GET", "/", {"Sec-Fetch-Site": "none"}) != 403
