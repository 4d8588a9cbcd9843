"""The page on formats: its table lists every media type of the registry, and its example works."""

import re
import sys
from pathlib import Path
from types import ModuleType
from typing import cast

import pytest

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.photos import formats
from galleria_storage.photos.formats import Format
from galleria_storage.photos.photo import plan_photo
from galleria_storage.photos.plan import Texts
from galleria_storage.photos.source import BytesSource
from tests.support.photos import heifs

PAGE = (Path(__file__).parents[3] / "docs/formats.md").read_text()
[EXAMPLE] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> Format:
    module = ModuleType("galleria_storage.photos.toy")
    exec(EXAMPLE, module.__dict__)  # noqa: S102 # our own page
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(formats._PLANNERS, "image/x-toy", formats._Planner("toy"))
    return cast("Format", module)


@pytest.mark.parametrize("offset", [True, False])
def test_the_format_of_the_page_is_corrected(toy: Format, offset: bool) -> None:
    file = b"TOYPHOTO" + heifs.block(offset=offset)
    new = CaptureTags("2024:06:15 10:30:45", None, "+02:00")
    plan = plan_photo(BytesSource(file), Texts(new), "image/x-toy")
    result = plan.apply(file)
    assert plan.before == CaptureTags("2020:01:02 03:04:05", None, "-05:00" if offset else None)
    assert plan_photo(BytesSource(result), Texts(), "image/x-toy").before == new
    [block] = toy.metadata(BytesSource(result))
    assert block.source.read(0, 2) in {b"II", b"MM"}


def test_the_table_has_the_media_types_of_the_registry_and_no_other() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ")]
    listed = [name for row in rows for name in re.findall(r"`((?:image|video)/[a-z0-9.-]+)`", row.split("|")[2])]
    assert sorted(listed) == sorted(formats._PLANNERS)
