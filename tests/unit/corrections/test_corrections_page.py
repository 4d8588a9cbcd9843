"""The examples of docs/corrections.md do what the page says."""

import re
from pathlib import Path

import pytest

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.corrections.correction import parse_correction
from galleria_storage.corrections.correction_keys import CORRECTION_KEYS
from galleria_storage.errors import CorrectionError

PAGE = (Path(__file__).parents[3] / "docs/corrections.md").read_text()
EXAMPLES = [
    tuple(cell.strip() for cell in line.strip("| ").split(" | "))
    for line in PAGE.partition("## Examples")[2].partition("\n## ")[0].splitlines()
    if line.startswith("| `")
]


@pytest.mark.parametrize(("asked", "found", "then"), EXAMPLES)
def test_an_example_on_the_page_is_true(asked: str, found: str, then: str) -> None:
    values = dict(re.findall(r"`([a-z-]+): ([^`]+)`", asked))
    photo = CaptureTags(None if found == "\N{EN DASH}" else found.strip("`"))
    if then.startswith("rejected: "):
        with pytest.raises(CorrectionError, match=re.escape(then.removeprefix("rejected: "))):
            parse_correction(values, {}, {}).changes(photo)
        return
    changes = parse_correction(values, {}, {}).changes(photo)
    time, fraction, offset = changes.date_time_original, changes.sub_sec_time_original, changes.offset_time_original
    texts = [f"`{text}`" for text in (time, fraction and f".{fraction}", offset) if text]
    assert (" ".join(texts) or "unchanged") == then


def test_the_page_has_an_example_of_every_correction() -> None:
    assert len(EXAMPLES) >= 25
    for key in CORRECTION_KEYS:
        assert any(f"`{key}: " in asked for asked, _, _ in EXAMPLES)
