"""What a server answers, in both orders, for rule sets that users have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.cors.evaluate import CorsRequest, Order, answering_rule, evaluate
from galleria_storage.cors.rules import CorsRule
from tests.support.cors.rule_sets import REQUESTS, RULES, SITE

READ = CorsRule(("*",), ("GET", "HEAD"), ("*",), ("ETag",), 3600)
ORDERS: tuple[Order, Order] = ("aws", "ceph")


@pytest.mark.parametrize("order", ORDERS)
def test_the_default_rules_let_any_site_read_with_any_header(order: Order) -> None:
    permission = evaluate([READ], CorsRequest(SITE, "GET", ("range", "x-anything")), order)
    assert permission is not None
    assert permission.exposes("etag")
    assert permission.max_age_seconds == 3600


@pytest.mark.parametrize("order", ORDERS)
def test_no_rules_block_everything(order: Order) -> None:
    assert evaluate([], CorsRequest(SITE, "GET"), order) is None


def test_a_narrow_method_first_hides_the_next_rule_from_ceph_alone() -> None:
    rules = [CorsRule((SITE,), ("PUT",)), READ]
    assert answering_rule(rules, CorsRequest(SITE, "GET"), "aws") == 1
    assert answering_rule(rules, CorsRequest(SITE, "GET"), "ceph") is None


def test_a_header_that_the_first_rule_lacks_is_looked_for_in_the_next_by_aws_alone() -> None:
    rules = [CorsRule(("*",), ("GET",), ("Range",)), CorsRule(("*",), ("GET",), ("X-Name",))]
    assert answering_rule(rules, CorsRequest(SITE, "GET", ("x-name",)), "aws") == 1
    assert answering_rule(rules, CorsRequest(SITE, "GET", ("x-name",)), "ceph") is None
    assert answering_rule(rules, CorsRequest(SITE, "GET", ("range", "x-name")), "aws") is None


def test_what_a_script_may_read_is_said_by_the_answer_and_not_by_the_preflight() -> None:
    rules = [CorsRule(("*",), ("GET",), (), ("Date",)), READ]
    permission = evaluate(rules, CorsRequest(SITE, "GET", ("x-name",)), "aws")
    assert permission is not None
    assert (permission.rule, permission.exposes("ETag")) == (0, False)


@pytest.mark.parametrize(
    ("pattern", "origin", "fits"),
    [
        ("http://*.example.com", "http://www.example.com", True),
        ("http://*.example.com", "http://a.b.example.com", True),
        ("http://*.example.com", "https://www.example.com", False),
        ("http://*.example.com", "http://example.com", False),
        ("https://a.example:*", "https://a.example:8443", True),
        ("https://a.example", "https://a.example:8443", False),
        ("https://A.example", "https://a.example", False),
        ("https://a.example/", "https://a.example", False),
        ("a.example", "https://a.example", False),
        ("https://*", "null", False),
        ("*", "null", True),
        ("https://.a.example*.a.example", "https://.a.example", False),
        ("https://*.*.example", "https://a.b.example", True),
    ],
)
def test_wildcards_in_origins(pattern: str, origin: str, fits: bool) -> None:
    assert (answering_rule([CorsRule((pattern,), ("GET",))], CorsRequest(origin, "GET"), "aws") == 0) is fits


def test_header_patterns_match_in_any_letter_case() -> None:
    rules = [CorsRule(("*",), ("GET",), ("X-Amz-*", "Range"))]
    assert evaluate(rules, CorsRequest(SITE, "GET", ("x-amz-date", "RANGE")), "aws")
    assert evaluate(rules, CorsRequest(SITE, "GET", ("x-amazon",)), "aws") is None


def test_lower_case_methods_allow_nothing() -> None:
    assert evaluate([CorsRule(("*",), ("get",))], CorsRequest(SITE, "GET"), "aws") is None


@given(RULES, REQUESTS)
def test_what_ceph_allows_aws_allows_by_the_same_rule(rules: list[CorsRule], request: CorsRequest) -> None:
    by_ceph = evaluate(rules, request, "ceph")
    assert by_ceph is None or evaluate(rules, request, "aws") == by_ceph


@given(RULES, REQUESTS, st.sampled_from(ORDERS))
def test_a_rule_that_is_there_twice_changes_no_answer(
    rules: list[CorsRule], request: CorsRequest, order: Order
) -> None:
    twice = [rule for rule in rules for _ in range(2)]
    first, second = answering_rule(rules, request, order), answering_rule(twice, request, order)
    assert first == (None if second is None else second // 2)
