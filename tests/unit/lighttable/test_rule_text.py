"""Single rules of a galleria.toml change; what people wrote by hand stays."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria_cli.lighttable.rule_text import RuleText, rules_of
from galleria_storage.errors import SettingsError

BY_HAND = """# our wedding
zone = "Europe/Stockholm"

# the second shooter
[[rule]]
camera = "Canon EOS R5"   # her own
shift = "+1h"

[[rule]]
files = "*_test.jpg"
skip = true
"""


def with_rule(text: str, conditions: dict[str, Any], asked: dict[str, Any], *, first: bool = False) -> str:
    rules = RuleText(text)
    rules.put(conditions, asked, first=first)
    return rules.text


def with_top(text: str, key: str, values: str | list[str]) -> str:
    rules = RuleText(text)
    rules.put_top(key, values)
    return rules.text


def test_a_rule_is_added_after_the_others() -> None:
    text = with_rule(BY_HAND, {"camera": "X-T4"}, {"shift": "-7h", "zone": "+02:00"})
    assert text.startswith(BY_HAND.rstrip())
    assert tomllib.loads(text)["rule"][-1] == {"camera": "X-T4", "shift": "-7h", "zone": "+02:00"}


def test_a_rule_is_added_to_nothing() -> None:
    assert with_rule("", {"camera": "X-T4"}, {"shift": "-7h"}) == '[[rule]]\ncamera = "X-T4"\nshift = "-7h"\n'


def test_a_rule_of_the_same_conditions_takes_the_place_of_the_old_one() -> None:
    text = with_rule(BY_HAND, {"camera": ["Canon EOS R5"]}, {"shift": "+46s"})
    assert [rule.get("shift") for rule in tomllib.loads(text)["rule"]] == ["+46s", None]
    assert "# the second shooter" in text
    assert "# our wedding" in text


def test_a_rule_goes_away_with_its_comments_alone() -> None:
    text = with_rule(BY_HAND, {"camera": "Canon EOS R5"}, {})
    assert tomllib.loads(text)["rule"] == [{"files": "*_test.jpg", "skip": True}]
    assert "second shooter" not in text


def test_a_rule_can_come_first() -> None:
    text = with_rule(BY_HAND, {"files": "a.jpg"}, {"time": "2024-06-15 10:00:00"}, first=True)
    assert tomllib.loads(text)["rule"][0]["files"] == "a.jpg"


def test_what_is_said_already_changes_no_letter() -> None:
    assert with_rule(BY_HAND, {"camera": "Canon EOS R5"}, {"shift": "+1h"}) == BY_HAND
    assert with_rule(BY_HAND, {"camera": "nobody's"}, {}) == BY_HAND


@pytest.mark.parametrize(
    "text",
    ["rule = [{camera = 'a', shift = '+1h'}]", 'x = """\n[[rule]]\n"""\n[[rule]]\ncamera = "a"\nshift = "+1h"', "= 1"],
)
def test_a_text_that_cannot_be_divided_is_left_alone(text: str) -> None:
    with pytest.raises(SettingsError):
        with_rule(text, {"camera": "X-T4"}, {"shift": "-7h"})


@given(st.lists(st.tuples(st.text(min_size=1), st.text(min_size=1)), max_size=4))
def test_whatever_a_camera_is_called_its_rule_is_read_back(cameras: list[tuple[str, str]]) -> None:
    text = BY_HAND
    for camera, shift in cameras:
        text = with_rule(text, {"serial": camera}, {"shift": shift})
    expected = dict(cameras)
    assert {rule["serial"]: rule["shift"] for rule in rules_of(text) if "serial" in rule} == expected


def test_a_list_applies_to_all_photos_and_can_be_removed() -> None:
    text = with_top(BY_HAND, "remove", ["location", "names"])
    assert tomllib.loads(text)["remove"] == ["location", "names"]
    assert "# our wedding" in text
    assert tomllib.loads(with_top(text, "remove", ["faces"]))["remove"] == ["faces"]
    assert tomllib.loads(with_top(text, "remove", [])) == tomllib.loads(BY_HAND)


def test_a_text_applies_to_all_photos() -> None:
    text = with_top(BY_HAND, "zone", "Asia/Tokyo")
    assert text == BY_HAND.replace("Europe/Stockholm", "Asia/Tokyo")
    assert "zone" not in tomllib.loads(with_top(text, "zone", ""))


def test_a_list_over_several_lines_is_left_to_the_person() -> None:
    with pytest.raises(SettingsError, match="change it by hand"):
        with_top('remove = [\n  "location",\n]\n', "remove", ["names"])


def test_many_rules_are_changed_in_one_pass() -> None:
    rules = RuleText(BY_HAND)
    for number in range(300):
        rules.put({"files": f"{number}.jpg"}, {"time": "2024-06-15 10:00:00"}, first=True)
    assert len(tomllib.loads(rules.text)["rule"]) == 302
