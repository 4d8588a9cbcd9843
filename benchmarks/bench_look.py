"""How the light table does with many photos, in Chromium: reading them, the first view, and frames while zooming.

`python -m benchmarks.bench_look --photos 5000` makes the photos, five cameras over two days, and prints a table.
"""

import argparse
import io
import random
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import piexif
from selenium.webdriver import Chrome

from tests.support.lighttable.chromium import chromium
from tests.support.lighttable.page import Page, running
from tests.support.lighttable.wedding import BEGIN, BODIES, exif_of, photo, scene

#: Zooms in and out again for so many frames, from one frame to the next, and returns how long each took, in ms.
_ZOOM = """
const [frames, done] = arguments;
import("/store.js").then(({ store }) => {
  const times = [];
  let last = performance.now();
  const step = () => {
    const now = performance.now();
    times.push(now - last);
    last = now;
    store.view.zoom(times.length % 240 < 120 ? 1.05 : 1 / 1.05, store.view.width * 0.4);
    if (times.length < frames) requestAnimationFrame(step);
    else done(times.slice(5));
  };
  requestAnimationFrame(step);
});
"""
_FIRST_VIEW = """
const loaded = [...document.querySelectorAll(".thumb img")].filter((image) => image.complete && image.naturalWidth);
return loaded.length >= 3 && performance.now();
"""


def main() -> None:
    """Make the photos, open the table twice, and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=int, default=5000)
    parser.add_argument("--frames", type=int, default=600)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="look-") as place, chromium("--window-size=1400,1000") as browser:
        folder, cache = Path(place, "wedding"), Path(place, "cache")
        make_photos(folder, options.photos)
        print(
            f"{options.photos:,} photos of {len(BODIES) + 1} cameras\n\n| | first time | again |\n| --- | ---: | ---: |"
        )
        rows = [measured(browser, folder, cache, options.frames) for _ in range(2)]
        for name in rows[0]:
            print(f"| {name} | {rows[0][name]} | {rows[1][name]} |")


def measured(browser: Chrome, folder: Path, cache: Path, frames: int) -> dict[str, str]:
    """Open the table, and return its measurements."""
    with running(folder, cache) as address:
        began = time.monotonic()
        browser.get(address)
        page = Page(browser, None)
        first = page.wait(_FIRST_VIEW)
        page.wait("return document.body.dataset.ready")
        read = time.monotonic() - began
        time.sleep(2)
        times = sorted(browser.execute_async_script(_ZOOM, frames))
        nodes = browser.execute_script("return document.querySelectorAll('*').length")
        thumbs = browser.execute_script("return document.querySelectorAll('.thumb').length")
    middle, slow = times[len(times) // 2], times[len(times) * 95 // 100]
    return {
        "first thumbnails are seen": f"{first / 1000:.2f} s",
        "all heads are read, lanes are settled": f"{read:.1f} s",
        "frames a second while zooming, median": f"{1000 / middle:.0f}",
        "the slowest 5 % of frames take": f"{slow:.0f} ms and more",
        "mean frames a second": f"{1000 * len(times) / sum(times):.0f}",
        "elements in the page, photos among them": f"{nodes}, {thumbs}",
    }


def make_photos(folder: Path, count: int) -> None:
    """Write photos with some dozens of pictures among them, each with a time of its own."""
    chance = random.Random(5)
    bodies = [*BODIES[:3], BODIES[0]._replace(model="Canon EOS R6", serial="99", folder="second"), BODIES[3]]
    phone = bodies[-1]._replace(names="IMG_{:04}.JPG")
    bodies[-1] = phone
    pictures = [photo(bodies[0], BEGIN, scene(BEGIN + timedelta(minutes=37 * n), n % 4, n)) for n in range(40)]
    for place, body in enumerate(bodies):
        (folder / body.folder).mkdir(parents=True)
        moments = sorted(chance.uniform(0, 36 * 3600) for _ in range(count // len(bodies)))
        for number, second in enumerate(moments):
            moment = BEGIN + timedelta(seconds=round(second))
            thumbnail = scene(moment, place, number % 7, (160, 107)) if number % 50 == 0 else None
            target = io.BytesIO()
            block = exif_of(body, moment, thumbnail) if thumbnail else exif_of(body, moment, _SMALL)
            piexif.insert(block, pictures[(number + place) % len(pictures)], target)
            (folder / body.folder / body.names.format(number)).write_bytes(target.getvalue())


_SMALL = scene(BEGIN, 1, 3, (160, 107))

if __name__ == "__main__":
    main()
