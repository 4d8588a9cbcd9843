"""Whether a bucket allows what the gallery needs, and whether it allows too much."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.cors.evaluate import CorsRequest, Order, evaluate
from galleria_storage.cors.needs import risks, shortcomings
from galleria_storage.cors.rules import CorsRule, default_gallery_rules, found_rules
from tests.support.cors.rule_sets import RULES

DEFAULT = found_rules(default_gallery_rules())
READ = DEFAULT[0]
ONE_SITE = replace(READ, origins=("https://a.example",))


def test_the_expected_rules_fall_short_of_nothing() -> None:
    assert shortcomings(DEFAULT, DEFAULT, "aws") == []
    assert shortcomings(DEFAULT, DEFAULT, "ceph") == []


def test_pages_cannot_read_a_bucket_without_rules() -> None:
    assert "pages of https://* may not GET" in shortcomings([], DEFAULT, "aws")


def test_two_rules_for_both_schemes_are_as_good_as_one_for_any_origin() -> None:
    split = [replace(READ, origins=("http://*",)), replace(READ, origins=("https://*",))]
    assert shortcomings(split, DEFAULT, "ceph") == []


def test_one_scheme_alone_is_not_enough() -> None:
    assert shortcomings([replace(READ, origins=("https://*",))], DEFAULT, "aws") == [
        "pages of http://* may not GET",
        "pages of http://* may not HEAD",
    ]


def test_a_narrow_rule_for_one_site_first_is_found_at_ceph_and_harmless_at_aws() -> None:
    rules = [CorsRule(("https://admin.example",), ("PUT",)), READ]
    assert shortcomings(rules, DEFAULT, "aws") == []
    assert "pages of https://admin.example may not GET" in shortcomings(rules, DEFAULT, "ceph")


def test_a_rule_that_hides_the_etag_is_named() -> None:
    rules = [CorsRule(("http://*.example.com",), ("GET",), ("*",)), READ]
    assert shortcomings(rules, DEFAULT, "aws") == [
        "pages of http://*.example.com may GET but not read ETag: rule 1 hides it"
    ]


def test_missing_request_headers_are_named() -> None:
    expected = [replace(ONE_SITE, headers=("Range", "If-None-Match"))]
    rules = [replace(ONE_SITE, headers=("range",))]
    assert shortcomings(rules, expected, "aws") == [
        "pages of https://a.example may not GET with the request headers If-None-Match",
        "pages of https://a.example may not HEAD with the request headers If-None-Match",
    ]


def test_headers_that_are_allowed_only_one_by_one_are_named_together() -> None:
    expected = [replace(ONE_SITE, methods=("GET",), headers=("Range", "If-None-Match"))]
    rules = [replace(ONE_SITE, headers=("Range",)), replace(ONE_SITE, headers=("If-None-Match",))]
    assert shortcomings(rules, expected, "aws") == [
        "pages of https://a.example may not GET with the request headers Range, If-None-Match"
    ]


def test_a_hundred_rules_in_the_wrong_order_are_judged_one_by_one() -> None:
    narrow = [CorsRule((f"https://site{n}.example",), ("HEAD",), ("*",), ("ETag",)) for n in range(99)]
    found = shortcomings([*narrow, READ], DEFAULT, "ceph")
    assert found == [f"pages of https://site{n}.example may not GET" for n in range(99)]


@given(RULES, st.sampled_from(["aws", "ceph"]), st.from_regex(r"https?://[a-c]\.(a\.)?(example|test)", fullmatch=True))
def test_where_nothing_falls_short_no_origin_is_blocked(rules: list[CorsRule], order: Order, origin: str) -> None:
    if shortcomings(rules, DEFAULT, order):
        return
    for method in READ.methods:
        permission = evaluate(rules, CorsRequest(origin, method, ("x-any",)), order)
        assert permission is not None
        assert permission.exposes("ETag")


@pytest.mark.parametrize("origin", ["*", "https://*", "http*"])
def test_write_methods_for_any_site_are_a_risk(origin: str) -> None:
    rules = [READ, CorsRule((origin,), ("PUT", "DELETE", "GET"))]
    assert risks(rules, DEFAULT) == [f"rule 2 lets pages of any site ({origin}) send PUT and DELETE"]


def test_write_methods_for_named_sites_are_none() -> None:
    assert risks([CorsRule(("https://admin.example", "https://*.example.com"), ("PUT",))], DEFAULT) == []


def test_write_methods_that_the_settings_ask_for_are_none() -> None:
    assert risks([CorsRule(("*",), ("PUT",))], [CorsRule(("*",), ("PUT", "GET"))]) == []


def test_reading_by_any_site_is_a_risk_where_the_settings_name_sites() -> None:
    assert risks(DEFAULT, [ONE_SITE]) == ["rule 1 lets pages of any site (*) read; the settings name sites"]
