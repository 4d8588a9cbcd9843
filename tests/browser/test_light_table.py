"""The light table in Chromium: a wedding of four cameras is put in order, as a person would."""

import json
import os
import shutil
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from galleria_cli import console
from galleria_cli.demo.embedded import EmbeddedSystem, embedded_system
from tests.support.lighttable.page import Page, running
from tests.support.lighttable.wedding import FILMS, ZONE, Wedding, as_utc, make_wedding
from tests.support.photos.films import created_of

AXE = Path(__file__).parent / "node_modules/axe-core/axe.min.js"


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Wedding:
    return make_wedding(tmp_path_factory.mktemp("model") / "wedding", seed=5, each=5)


@pytest.fixture
def wedding(model: Wedding, tmp_path: Path) -> Wedding:
    """A copy of the model that a test may change."""
    shutil.copytree(model.folder, tmp_path / "wedding")
    return Wedding(tmp_path / "wedding", model.true)


@pytest.fixture
def page(browser: Chrome, wedding: Wedding, tmp_path: Path) -> Iterator[Page]:
    browser.set_window_size(1400, 1000)
    with running(wedding.folder, tmp_path / "cache") as address:
        yield Page(browser, address)


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[EmbeddedSystem]:
    """An S3 in this process whose function publishes what comes into staging."""
    over = threading.Event()

    def publish(system: EmbeddedSystem) -> None:
        while not over.is_set():
            for event in system.events(wait_seconds=1):
                system.publish_photo(event)

    with (
        (tmp_path / "log").open("w", encoding="utf-8") as log,
        embedded_system(log, {"PASS_THROUGH_TYPES": "video/quicktime"}) as system,
    ):
        worker = threading.Thread(target=publish, args=(system,), daemon=True)
        worker.start()
        yield system
        over.set()
        worker.join(20)


def rules(wedding: Wedding) -> dict[str, dict[str, object]]:
    found = tomllib.loads((wedding.folder / "galleria.toml").read_text())
    return {str(rule["camera"]): rule for rule in found["rule"]}


def test_a_lane_is_dragged_to_whole_hours_and_approved(page: Page, wedding: Wedding) -> None:
    page.drag("X-T4", -7.05)
    page.wait_for("shift -7h")
    assert page.shift("X-T4") == "-7h"
    page.screenshot("light table, 1 dragged")
    page.press("Approve", page.lane("X-T4"))
    page.wait_for("approved")
    assert rules(wedding)["FUJIFILM X-T4"]["shift"] == "-7h"


def test_everything_works_without_a_mouse(page: Page, wedding: Wedding) -> None:
    lane = page.lane("NIKON")
    photos = lane.find_element(By.CSS_SELECTOR, "[role=listbox]")
    page.browser.execute_script("arguments[0].focus()", photos)
    photos.send_keys(Keys.HOME, Keys.ARROW_RIGHT)
    assert photos.get_attribute("aria-activedescendant") == lane.find_element(
        By.CSS_SELECTOR, ".current"
    ).get_attribute("id")
    photos.send_keys(Keys.SHIFT, Keys.ARROW_RIGHT, Keys.NULL)
    page.wait_for("shift +1h")
    photos.send_keys("p")
    page.wait_for("choose the photo of the same moment")
    photos.send_keys(Keys.CONTROL, "z", Keys.NULL)
    page.wait_for("Undone")
    assert page.shift("NIKON") == "+0s"
    approve = lane.find_element(By.CSS_SELECTOR, ".approve")
    approve.send_keys(Keys.ENTER)
    page.wait_for("approved")
    assert rules(wedding)["NIKON CORPORATION NIKON Z 6_2"] == {
        "camera": "NIKON CORPORATION NIKON Z 6_2", "zone": "+02:00",
    }  # fmt: skip


def test_only_the_photos_in_sight_are_in_the_page(page: Page) -> None:
    count = "return document.querySelectorAll('.thumb').length"
    before = page.wait(count)
    for _ in range(6):
        page.press("Zoom in")
    page.wait(f"{count} !== {before}")
    assert page.browser.execute_script(count) < 4 * 12


def test_nothing_is_fetched_from_elsewhere_and_nothing_is_blocked(page: Page) -> None:
    fetched = page.browser.execute_script("return performance.getEntriesByType('resource').map((one) => one.name)")
    origin = page.browser.execute_script("return location.origin")
    assert fetched
    assert all(one.startswith(origin) for one in fetched)
    assert [entry for entry in page.browser.get_log("browser") if "Content Security Policy" in entry["message"]] == []


def test_a_wedding_is_put_in_order_and_published(
    *, browser: Chrome, wedding: Wedding, embedded: EmbeddedSystem, tmp_path: Path
) -> None:
    browser.set_window_size(1400, 1000)
    with running(wedding.folder, tmp_path / "cache", os.environ) as address:
        page = Page(browser, address)
        page.screenshot("light table, 1 as the clocks had it")
        page.drag("X-T4", -7)
        page.wait_for("shift -7h")
        page.drag("NIKON", 1)
        page.wait_for("shift +1h")
        page.pair(wedding.shared("fuji", 1), wedding.shared("phone", 1))
        page.wait_for("shift -7h12s")
        page.pair(wedding.shared("canon", 1), wedding.shared("phone", 1))
        page.wait_for("shift +46s")
        for camera in ("X-T4", "NIKON", "Canon"):
            page.press("Approve", page.lane(camera))
            page.wait_for("approved, and written")
        page.screenshot("light table, 2 in order")
        page.open("publish")
        page.press("Push")
        page.wait("return document.querySelector('publish-panel').dataset.phase === 'done'")
        page.screenshot("light table, 3 published")
    assert console.main(["manifest", "--output", str(tmp_path / "manifest.json")]) == 0
    photos = [
        one for one in json.loads((tmp_path / "manifest.json").read_text())["photos"] if one["key"] in wedding.true
    ]
    assert [one["key"] for one in photos] == wedding.in_order
    assert [one["moment"] for one in photos] == [as_utc(wedding.true[one["key"]]) for one in photos]
    for film in FILMS:
        beside = next(name for name in wedding.true if name.startswith(film.removesuffix("MOV")))
        published = embedded.s3.get_object(Bucket="public", Key=film)["Body"].read()
        assert created_of(published) == {wedding.true[beside]}, film


def test_a_clock_in_a_photo_sets_its_camera(page: Page, wedding: Wedding) -> None:
    name = wedding.shared("canon", 0)
    page.select(name)
    moment = wedding.true[name] + ZONE
    page.browser.execute_script(
        "const field = document.querySelector('photo-card input'); field.value = arguments[0]", moment.isoformat()
    )
    page.press("Set the camera by it")
    page.wait_for("shift +46s")
    assert page.shift("Canon") == "+46s"


def violations(page: Page) -> list[tuple[str, list[str]]]:
    """What axe-core finds on the page as it is."""
    page.browser.execute_script(AXE.read_text(encoding="utf-8"))
    found = page.browser.execute_async_script("axe.run(document).then(arguments[0])")
    assert len(found["passes"]) > 20
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(page: Page, wedding: Wedding, scheme: str) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed (cd tests/browser && npm install)")
    feature = {"name": "prefers-color-scheme", "value": scheme}
    page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
    page.select(wedding.shared("canon", 0))
    page.press("Same moment as…")
    for panel in ("sequence", "tray", "rules", "publish"):
        page.open(panel)
        assert violations(page) == [], panel
    page.screenshot(f"light table, {scheme}")


def test_a_correction_in_staging_is_changed_and_published_again(
    *, browser: Chrome, wedding: Wedding, embedded: EmbeddedSystem, tmp_path: Path
) -> None:
    (wedding.folder / "galleria.toml").write_text('zone = "+02:00"\n')
    assert console.main(["push", str(wedding.folder), "--quiet", "--wait"]) == 1  # one photo is cut off
    embedded.s3.put_object(Bucket="staging", Key="cut.jpg", Body=(wedding.folder / "canon/cut.JPG").read_bytes())
    browser.set_window_size(1400, 1000)
    name = wedding.shared("nikon", 0)
    with running("--staged", tmp_path / "cache", os.environ) as address:
        page = Page(browser, address)
        page.open("states")
        page.wait("return document.querySelector('key-states').textContent.includes('cut off')")
        page.screenshot("light table, 4 staging")
        assert not AXE.exists() or violations(page) == []
        page.drag("NIKON", 1)
        page.wait_for("shift +1h")
        page.press("Publish again", page.lane("NIKON"))
        page.wait_for("asked of the photos in staging")
        page.open("publish")
        page.wait("return document.querySelector('publish-panel').dataset.phase === 'done'")
        page.screenshot("light table, 5 published again")
        page.open("states")
        page.select(name)
        page.wait("return document.querySelector('photo-card').textContent.includes('+01:00:00')")
        assert "right" in page.one("photo-card dl").text
    head = embedded.s3.head_object(Bucket="public", Key=name)
    assert head["Metadata"]["galleria-captured-after"].startswith(f"{wedding.true[name] + ZONE:%Y:%m:%d %H:%M:%S}")


#: Calls of the page's pure modules, and the expected results.
WORKED_OUT = {
    "times": {
        "[0, 46, -694, 3600, -25212, 183845].map(module.spanText)": [
            "+0s", "+46s", "-11m34s", "+1h", "-7h12s", "+2d3h4m5s",
        ],
        "['+1h 46s', '-11m34s', '2d 3h', '0', '', 'soon', '1h1x'].map(module.spanSeconds)": [
            3646, -694, 183600, 0, 0, None, None,
        ],
        "[0, -150, 345, null].map(module.offsetText)": ["+00:00", "-02:30", "+05:45", "\u2013"],
    },
    "snap": {
        "[3650, 4400, 4504].map((one) => module.snap(one, one === 3650 ? 10 : 1).seconds)": [3600, 4400, 4500],
        "module.snap(3640, 10, 3646)": {"seconds": 3646, "snapped": "the proposal"},
    },
    "slots": {
        "module.shown(new Float64Array([0, 1, 2, 1e6, 2e6]), -1e5, 3e6, 1e3).map((one) => one.count)": [3, 1, 1],
        "module.shown(new Float64Array([0, 1, 2]), -1e5, 1e5, 1e3, 1)[0].index": 1,
        "module.shown(new Float64Array([]), 0, 10, 1)": [],
    },
    "ticks": {
        "[...module.ticks(0, 7.2e6, 2e4)].map((one) => one.name)": ["1970-01-01", "00:30", "01:00", "01:30", "02:00"],
        "[...module.nights(0, 8.64e7, 1e5)].length": 3,
    },
    "order": {
        "module.inOrder([{name: 'b', after: [7200, 120]}, {name: 'c', after: null}, {name: 'a', after: [0, null]}])"
        ".map((one) => one.name)": ["a", "b", "c"],
    },
}  # fmt: skip


def test_the_page_reckons_right(page: Page) -> None:
    for module, cases in WORKED_OUT.items():
        for work, expected in cases.items():
            script = f"const done = arguments[0]; import('/{module}.js').then((module) => done({work}))"
            assert page.browser.execute_async_script(script) == expected, work
