"""The system's Chromium, without a window."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

#: Without a sandbox since CI runs as root; without what would call the browser's maker.
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--no-proxy-server",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-dev-shm-usage")  # fmt: skip


class BrowserMissingError(Exception):
    """Chromium or its driver is not installed."""


@contextmanager
def chromium(*flags: str) -> Iterator[Chrome]:
    """Start the browser with a profile of its own.

    Raises
    ------
    BrowserMissingError
        It is not installed.
    """
    programs = {name: shutil.which(name) for name in ("chromium", "chromedriver")}
    if missing := [name for name, path in programs.items() if path is None]:
        raise BrowserMissingError(f"{' and '.join(missing)} not installed (Debian: chromium, chromium-driver)")
    with tempfile.TemporaryDirectory(prefix="browser-") as profile:
        options = ChromeOptions()
        options.binary_location = str(programs["chromium"])
        for flag in (*FLAGS, *flags, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        driver = Chrome(options=options, service=Service(programs["chromedriver"]))
        driver.set_script_timeout(60)
        try:
            yield driver
        finally:
            driver.quit()
