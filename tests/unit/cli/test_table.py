"""Tables line up on a terminal, whatever is in them."""

import pytest

from galleria_cli.text_table import printable, render, sentences, shorten


def test_columns_line_up_and_numbers_are_aligned_to_the_right() -> None:
    lines = render(("photo", "ms"), [("a.jpg", "7"), ("long name.jpg", "1,234")], right=frozenset({1})).splitlines()
    assert lines == [
        "photo             ms",
        "─────────────  ─────",
        "a.jpg              7",
        "long name.jpg  1,234",
    ]


@pytest.mark.parametrize(("text", "columns"), [("🌅", 2), ("写真", 4), ("å", 1), ("a\N{COMBINING RING ABOVE}", 1)])
def test_wide_and_combining_letters_keep_the_columns(text: str, columns: int) -> None:
    [header, _, row] = render(("x" * 6, "end"), [(text, "end")]).splitlines()
    assert header.index("end") - row.index("end") == columns - len(text)


def test_a_long_key_keeps_its_end() -> None:
    assert shorten("very/long/folder/photo.jpg", 10) == "…photo.jpg"


def test_a_key_cannot_disturb_the_terminal() -> None:
    assert printable("a\x1b[2Jb\n") == "a·[2Jb·"


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (["it has no time", "Name one."], "it has no time. Name one."),
        (["It is cut off.", None], "It is cut off."),
        (["", "Name one.", "it differs"], "Name one. it differs"),
        ([None], ""),
    ],
)
def test_a_reason_ends_before_the_advice_begins(parts: list[str | None], said: str) -> None:
    assert sentences(*parts) == said
