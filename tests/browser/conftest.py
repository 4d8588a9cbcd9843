"""A page at one loopback origin, a bucket at another, and the system's Chromium between them."""

import functools
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from tests.support.processes import ServerMissingError
from tests.support.servers import S3Server, running

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
    with tempfile.TemporaryDirectory(prefix="s3-") as folder:
        try:
            with running(request.param, Path(folder)) as started:
                yield started
        except ServerMissingError as missing:
            pytest.skip(f"{request.param}: {missing}")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The origin that serves the page."""
    handler = functools.partial(_Quiet, directory=str(Path(__file__).parent))
    pages = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=pages.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{pages.server_port}"
    pages.shutdown()
    thread.join()
    pages.server_close()
