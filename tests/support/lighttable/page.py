"""The light table in a browser: the real command, and what a person does on its page."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

ARTIFACTS = Path(__file__).parents[3] / "artifacts/browser"
_PATIENCE_SECONDS = 90


@contextmanager
def running(what: Path | str, cache: Path, env: Mapping[str, str] = os.environ) -> Iterator[str]:
    """Run `galleria-storage look` on a folder, or with another argument, and return its one-time address."""
    command = [sys.executable, "-m", "galleria_cli", "look", "--no-browser", str(what)]
    settings = {**env, "XDG_CACHE_HOME": str(cache), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, env=settings, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield next(word for word in process.stdout.readline().split() if word.startswith("http://"))
        finally:
            process.terminate()


class Page:
    """An open light table; without an address, whatever the browser shows."""

    def __init__(self, browser: Chrome, address: str | None) -> None:
        self.browser = browser
        if address:
            browser.get(address)
            self.wait("return document.body.dataset.ready")

    def wait(self, script: str, *arguments: object) -> Any:
        """Wait until a script returns something true, and return that."""
        return WebDriverWait(self.browser, _PATIENCE_SECONDS, 0.05).until(
            lambda browser: browser.execute_script(script, *arguments)
        )

    def lane(self, name: str) -> WebElement:
        return next(lane for lane in self.all("camera-lane") if name in lane.find_element(By.TAG_NAME, "h2").text)

    def all(self, selector: str) -> list[WebElement]:
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector: str) -> WebElement:
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def press(self, text: str, within: WebElement | None = None) -> None:
        """Press a button by its text."""
        found = "[...arguments[1].querySelectorAll('button')].find((one) => one.textContent === arguments[0])"
        button = self.wait(f"return {found}", text, within or self.one("body"))
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
        button.click()

    def per_pixel(self) -> float:
        """How many milliseconds a pixel of the axis is."""
        script = "const done = arguments[0]; import('/store.js').then(({store}) => done(store.view.perPixel))"
        return float(self.browser.execute_async_script(script))

    def type_shift(self, name: str, text: str) -> None:
        """Type the shift of a lane."""
        field = self.lane(name).find_element(By.CSS_SELECTOR, "input.shift")
        field.clear()
        field.send_keys(text, Keys.ENTER)

    def grab(self, name: str, hours: float) -> ActionChains:
        """Pull a lane by so many hours; it is released when the actions are performed."""
        strip = self.lane(name).find_element(By.TAG_NAME, "lane-strip")
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", strip)
        pixels = round(hours * 3_600_000 / self.per_pixel())
        hold = ActionChains(self.browser).move_to_element_with_offset(strip, 200, 60).click_and_hold()
        hold.move_by_offset(pixels // 2, 0).move_by_offset(pixels - pixels // 2, 0).perform()
        return ActionChains(self.browser).release()

    def drag(self, name: str, hours: float) -> None:
        """Drag a lane whose clock counts as right to so many hours."""
        if self.shift(name) != "+0s":
            self.type_shift(name, "+0s")
            self.wait("return arguments[0].value === '+0s'", self.lane(name).find_element(By.CSS_SELECTOR, ".shift"))
            self.settle()
        self.grab(name, hours).perform()

    def settle(self) -> None:
        """Wait until the command has answered what was asked last."""
        self.browser.execute_async_script("fetch('/api/run').then(() => setTimeout(arguments[0], 100))")

    def shift(self, name: str) -> str:
        return str(self.lane(name).find_element(By.CSS_SELECTOR, "input.shift").get_property("value"))

    def select(self, photo: str) -> None:
        """Select a photo by its name, as its lane does when arrows arrive at it."""
        self.browser.execute_async_script(
            "const [name, done] = arguments; import('/store.js').then(({store}) => {"
            "const photo = [...store.photos.values()].find((one) => one.name === name);"
            "store.select(photo); done(photo.id)})",
            photo,
        )

    def pair(self, wrong: str, right: str) -> None:
        """Say that two photos show the same moment."""
        self.select(wrong)
        self.press("Same moment as…")
        self.select(right)
        self.press(f"Same moment as {wrong}")

    def open(self, panel: str) -> None:
        """Open one of the panels below the lanes."""
        tab = self.one(f"#tab-{panel}")
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", tab)
        tab.click()
        self.wait("return !document.getElementById(arguments[0]).hidden", f"panel-{panel}")

    def said(self) -> str:
        """What was said last."""
        return " ".join(one.text for one in self.all("live-region p"))

    def wait_for(self, words: str) -> None:
        """Wait until something was said."""
        self.wait("return document.querySelector('live-region').textContent.includes(arguments[0])", words)

    def screenshot(self, name: str) -> Path:
        ARTIFACTS.mkdir(parents=True, exist_ok=True)
        path = ARTIFACTS / f"{name}.png"
        assert self.browser.save_screenshot(str(path))
        return path
