"""The pictures of docs/look.md and of the README, of a wedding that is drawn: `make screenshots`."""

import io
import tempfile
import time
from pathlib import Path

from PIL import Image
from selenium.webdriver import Chrome

from tests.support.lighttable.chromium import chromium
from tests.support.lighttable.page import Page, running
from tests.support.lighttable.wedding import make_wedding

PICTURES = Path(__file__).parents[2] / "docs/pictures"
_MOST_BYTES = 200_000


def main() -> None:
    """Make both."""
    with tempfile.TemporaryDirectory(prefix="look-") as place, chromium("--window-size=1240,1080") as browser:
        wedding = make_wedding(Path(place, "wedding"), seed=11, each=26)
        with running(wedding.folder, Path(place, "cache")) as address:
            page = Page(browser, address)
            page.type_shift("X-T4", "+0s")
            page.settle()
            let_go = page.grab("X-T4", -7.02)
            page.browser.execute_script("scrollTo(0, 0)")
            keep(browser, "look-lanes", page.one("#lanes").size["height"] + 70)
            let_go.perform()
            page.wait_for("shift -7h")
            for camera in ("fuji", "nikon", "canon"):
                page.pair(wedding.shared(camera, 1), wedding.shared("phone", 1))
                page.wait_for("from 1 pair")
                page.settle()
            for lane in ("NIKON", "X-T4", "Canon"):
                page.press("Approve", page.lane(lane))
                page.wait_for("approved, and written")
            page.browser.execute_script("document.querySelector('photo-card').scrollIntoView()")
            keep(browser, "look-order", 760)


def keep(browser: Chrome, name: str, height: float) -> None:
    """Write what the browser shows, down to a height in pixels."""
    time.sleep(1.5)  # until the thumbnails are there
    browser.execute_script("for (const one of document.querySelectorAll('live-region p')) one.textContent = ''")
    shown = Image.open(io.BytesIO(browser.get_screenshot_as_png()))
    PICTURES.mkdir(exist_ok=True)
    path = PICTURES / f"{name}.webp"
    shown.crop((0, 0, shown.width, min(shown.height, round(height)))).save(path, quality=82, method=6)
    size = path.stat().st_size
    assert size <= _MOST_BYTES, f"{path} has {size} bytes"


if __name__ == "__main__":
    main()
