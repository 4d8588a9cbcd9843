"""The light table in Chromium: a wedding of four cameras is put in order, as a person would do it."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.support.lighttable.page import Page, running
from tests.support.lighttable.wedding import Wedding, make_wedding


@pytest.fixture
def wedding(tmp_path: Path) -> Wedding:
    return make_wedding(tmp_path / "wedding", seed=5, each=8)


@pytest.fixture
def page(browser: Chrome, wedding: Wedding, tmp_path: Path) -> Iterator[Page]:
    browser.set_window_size(1400, 1000)
    with running(wedding.folder, tmp_path / "cache") as address:
        yield Page(browser, address)


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
