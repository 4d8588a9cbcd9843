"""The exact comparison: all five fields, order and letter case where they do not matter."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.cors.compare import differences, same_rules
from galleria_storage.cors.patterns import example, matches, overlap
from galleria_storage.cors.rules import CorsRule, default_gallery_rules, found_rules

RULE = CorsRule(("https://a.example", "https://b.example"), ("GET", "HEAD"), ("Range", "X-Name"), ("ETag",), 3600)
ORIGINS = ["*", "https://a.example", "https://*.a.example", "http://*", "*.a.example", "https://b.example"]
RULES = st.builds(
    CorsRule,
    origins=st.lists(st.sampled_from(ORIGINS), min_size=1, max_size=3).map(tuple),
    methods=st.lists(st.sampled_from(["GET", "HEAD", "PUT", "get"]), min_size=1, max_size=3).map(tuple),
    headers=st.lists(st.sampled_from(["*", "Range", "range", "x-*"]), max_size=2).map(tuple),
    expose_headers=st.lists(st.sampled_from(["ETag", "etag", "Date"]), max_size=2).map(tuple),
    max_age_seconds=st.sampled_from([None, 0, 3600]),
)


def test_order_and_repetition_within_a_rule_do_not_matter() -> None:
    other = CorsRule(tuple(reversed(RULE.origins)), ("HEAD", "GET", "HEAD"), ("X-Name", "Range"), ("ETag",), 3600)
    assert same_rules([other], [RULE])


def test_the_letter_case_of_header_names_does_not_matter() -> None:
    assert same_rules([replace(RULE, headers=("RANGE", "x-name"), expose_headers=("etag",))], [RULE])


def test_a_max_age_of_zero_is_as_good_as_none() -> None:
    assert same_rules([replace(RULE, max_age_seconds=0)], [replace(RULE, max_age_seconds=None)])


def test_the_id_does_not_matter() -> None:
    assert same_rules([replace(RULE, rule_id="mine")], [RULE])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"origins": ("https://a.example",)},
            "AllowedOrigins: https://a.example instead of https://a.example, https://b.example",
        ),
        ({"origins": ("https://A.example", "https://b.example")}, "AllowedOrigins: https://A.example"),
        ({"methods": ("GET",)}, "AllowedMethods: GET instead of GET, HEAD"),
        ({"methods": ("get", "head")}, "AllowedMethods: get, head instead of GET, HEAD"),
        ({"headers": ()}, "AllowedHeaders: none instead of range, x-name"),
        ({"expose_headers": ("ETag", "Date")}, "ExposeHeaders: date, etag instead of etag"),
        ({"max_age_seconds": None}, "MaxAgeSeconds: none instead of 3600"),
        ({"max_age_seconds": 0}, "MaxAgeSeconds: none instead of 3600"),
    ],
)
def test_each_of_the_five_fields_counts_and_is_named(change: dict[str, object], words: str) -> None:
    found = [replace(RULE, **change)]
    assert not same_rules(found, [RULE])
    [named] = differences(found, [RULE])
    assert words in named


def test_a_bucket_without_rules_is_said_in_words() -> None:
    assert differences([], [RULE]) == ["the bucket has no CORS rules"]


def test_a_rule_that_is_there_twice_is_one_rule() -> None:
    assert same_rules([RULE, RULE], [RULE])


def test_missing_and_foreign_rules_are_named() -> None:
    foreign = [CorsRule(("*",), ("PUT",)), CorsRule(("https://c.example",), ("DELETE",), max_age_seconds=5)]
    words = differences(foreign, [RULE])
    assert [word.split(":")[0] for word in words] == ["missing", "not expected", "not expected"]
    assert "DELETE from https://c.example, request headers none, exposing none, max age 5" in words[2]


def test_the_order_of_rules_for_different_origins_does_not_matter() -> None:
    one, other = replace(RULE, origins=("https://a.example",)), replace(RULE, origins=("https://*.b.example",))
    assert same_rules([one, other], [other, one])


def test_the_order_of_rules_for_one_origin_matters() -> None:
    narrow, wide = CorsRule(("https://*",), ("GET",)), CorsRule(("*.a.example",), ("GET", "HEAD"))
    assert not same_rules([narrow, wide], [wide, narrow])
    assert "in another order" in differences([narrow, wide], [wide, narrow])[0]


def test_the_defaults_equal_themselves_as_a_server_returns_them() -> None:
    returned = [{key: list(reversed(v)) if isinstance(v, list) else v for key, v in default_gallery_rules()[0].items()}]
    assert same_rules(found_rules(returned), found_rules(default_gallery_rules()))


@given(st.lists(RULES, max_size=4), st.lists(RULES, max_size=4))
def test_rules_are_the_same_exactly_when_no_difference_is_reported(
    current: list[CorsRule], expected: list[CorsRule]
) -> None:
    assert same_rules(current, current)
    assert same_rules(current, expected) == same_rules(expected, current)
    assert bool(differences(current, expected)) == (not same_rules(current, expected))


@given(
    st.lists(st.sampled_from("ab*/."), max_size=6).map("".join),
    st.lists(st.sampled_from("ab*/."), max_size=6).map("".join),
)
def test_what_two_patterns_share_is_matched_by_both(one: str, other: str) -> None:
    if one.count("*") > 1 or other.count("*") > 1:
        return
    shared = overlap(one, other)
    assert shared == overlap(other, one)
    if shared is not None:
        value = example(shared, "a-long-filler")
        assert matches(one, value)
        assert matches(other, value)


@given(st.text("ab.", max_size=5), st.text("ab.", max_size=5), st.text("ab.", max_size=5))
def test_a_value_of_both_patterns_means_that_they_overlap(start: str, middle: str, end: str) -> None:
    assert overlap(f"{start}*", f"*{end}") is not None
    assert matches(f"{start}*{end}", start + middle + end)
