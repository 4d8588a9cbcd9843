"""A page at one loopback origin, a bucket at another, and the system's Chromium between them."""

import functools
import http.client
import os
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from selenium.webdriver import Chrome

from tests.support.lighttable.chromium import BrowserMissingError, chromium
from tests.support.servers import S3Server
from tests.support.servers.fixtures import running_or_skipped
from tests.support.servers.web import serving

#: Servers that enforce a bucket's rules on anonymous requests.
SERVERS = os.environ.get("BROWSER_SERVERS", "ministack ceph").split()


@pytest.fixture(scope="session")
def browser() -> Iterator[Chrome]:
    try:
        with chromium("--window-size=1000,600") as driver:
            yield driver
    except BrowserMissingError as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session", params=SERVERS)
def server(request: pytest.FixtureRequest) -> Iterator[S3Server]:
    with running_or_skipped(request.param) as started:
        yield started


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


class _ForgetfulCdn(BaseHTTPRequestHandler):
    """Passes requests on without their Origin, as a CDN does until it is told to."""

    def __init__(self, origin_server: str, *args: object) -> None:
        self._origin_server = origin_server
        super().__init__(*args)

    def forward(self) -> None:
        connection = http.client.HTTPConnection(urlsplit(self._origin_server).netloc, timeout=10)
        with closing(connection):
            connection.request(self.command, self.path)
            answer = connection.getresponse()
            body = answer.read()
            self.send_response(answer.status)
            for name in ("Content-Type", "Content-Length", "ETag"):
                if value := answer.getheader(name):
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    do_GET = do_HEAD = do_OPTIONS = forward  # noqa: N815 # http.server names them so

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The origin that serves the page."""
    with serving(functools.partial(_Quiet, directory=str(Path(__file__).parent))) as url:
        yield url


@pytest.fixture(scope="session")
def cdn(server: S3Server) -> Iterator[str]:
    """A CDN before the server."""
    with serving(functools.partial(_ForgetfulCdn, server.endpoint)) as url:
        yield url
