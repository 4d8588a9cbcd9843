"""Chromium shows a corrected picture as it showed the original: every pixel, and a screenshot of it."""

import base64
import io
import os
import random
from pathlib import Path

import pytest
from PIL import Image, features
from selenium.webdriver import Chrome

from galleria_storage.corrections.correction import parse_correction
from galleria_storage.photos.photo import correct_bytes

ARTIFACTS = Path(__file__).parents[2] / "artifacts/browser"
CORRECTION = parse_correction({"corrected-timestamp": "2024-06-15T10:30:45.5+02:00"}, {})
WHOLLY = parse_correction({"remove": "location,names,captions,maker-notes"}, {})
KINDS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "AVIF": "image/avif"}
#: Draws a picture, and returns all of its pixels.
PIXELS = """
    const [type, data, done] = arguments;
    const image = new Image();
    image.onerror = () => done("broken");
    image.onload = () => {
        document.body.replaceChildren(image);
        const canvas = document.createElement("canvas");
        canvas.width = image.naturalWidth;
        canvas.height = image.naturalHeight;
        const context = canvas.getContext("2d");
        context.drawImage(image, 0, 0);
        done(context.getImageData(0, 0, canvas.width, canvas.height).data.join());
    };
    image.src = `data:${type};base64,${data}`;
"""


def picture(kind: str, *, exif: bool) -> bytes:
    """Return a picture of noise, in which every wrong bit would show."""
    noise = random.Random(kind).randbytes(64 * 48 * 3)
    image = Image.frombytes("RGB", (64, 48), noise)
    tags = Image.Exif()
    tags[0x010F] = "A maker"
    tags.get_ifd(0x8769)[0x9003] = "2020:01:02 03:04:05"
    file = io.BytesIO()
    image.save(file, kind, **({"exif": tags} if exif else {}))
    return file.getvalue()


def shown(browser: Chrome, media_type: str, file: bytes) -> tuple[str, bytes]:
    """Return all pixels as the page reads them, and the screenshot."""
    pixels = browser.execute_async_script(PIXELS, media_type, base64.b64encode(file).decode())
    assert pixels != "broken"
    return pixels, browser.get_screenshot_as_png()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("exif", [True, False], ids=["with Exif", "without Exif"])
def test_a_corrected_picture_looks_the_same(browser: Chrome, site: str, kind: str, exif: bool) -> None:
    if kind == "AVIF" and not features.check("avif"):
        pytest.skip("this Pillow cannot write AVIF")
    browser.get(f"{site}/pictures.html")
    original = picture(kind, exif=exif)
    corrected = correct_bytes(original, CORRECTION)
    assert corrected != original
    before, first = shown(browser, KINDS[kind], original)
    after, second = shown(browser, KINDS[kind], corrected)
    stripped, third = shown(browser, KINDS[kind], correct_bytes(corrected, WHOLLY))
    assert len(set(before.split(","))) > 200  # noise, not a blank page
    assert before == after == stripped
    assert first == second == third
    os.makedirs(ARTIFACTS, exist_ok=True)  # noqa: PTH103 # beside the screenshots of the gallery
    (ARTIFACTS / f"corrected-{kind.lower()}-{'exif' if exif else 'plain'}.png").write_bytes(second)
