"""A page at one loopback origin, a bucket at another, and the system's Chromium between them."""

import functools
import http.client
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from tests.support.servers import S3Server
from tests.support.servers.fixtures import running_or_skipped
from tests.support.servers.web import serving

#: Servers that enforce a bucket's rules on anonymous requests.
SERVERS = os.environ.get("BROWSER_SERVERS", "ministack ceph").split()
#: Without a sandbox since CI runs as root; without what would call the browser's maker.
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--no-proxy-server",
         "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
         "--window-size=1000,600")  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Chrome]:
    programs = {name: shutil.which(name) for name in ("chromium", "chromedriver")}
    if missing := [name for name, path in programs.items() if path is None]:
        pytest.skip(f"{' and '.join(missing)} not installed (Debian: chromium, chromium-driver)")
    with tempfile.TemporaryDirectory(prefix="browser-") as profile:
        options = ChromeOptions()
        options.binary_location = str(programs["chromium"])
        for flag in (*FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        driver = Chrome(options=options, service=Service(programs["chromedriver"]))
        driver.set_script_timeout(60)
        try:
            yield driver
        finally:
            driver.quit()


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
