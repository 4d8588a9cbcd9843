"""Merging keeps what others rely on and makes the gallery work, in both orders."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from galleria_storage.cors.evaluate import CorsRequest, Order, evaluate
from galleria_storage.cors.merge import ID_PREFIX, merge_rules
from galleria_storage.cors.needs import shortcomings
from galleria_storage.cors.rules import CorsRule, default_gallery_rules, found_rules
from galleria_storage.errors import ProviderError
from tests.support.cors.rule_sets import REQUESTS, RULES

DEFAULT = found_rules(default_gallery_rules())
ADMIN = CorsRule(("https://admin.example",), ("PUT",), ("content-type",), (), 60, "admin tool")
ORDERS: tuple[Order, Order] = ("aws", "ceph")
EXPECTED = st.sampled_from(
    [
        DEFAULT,
        (CorsRule(("https://a.example", "http://*.a.example"), ("GET",), ("Range",), ("ETag",), 60),),
        (
            CorsRule(("https://a.example",), ("GET", "HEAD"), (), ("ETag",)),
            CorsRule(("http://*",), ("HEAD",), ("*",), ("Date",)),
        ),
    ]
)


@given(RULES, EXPECTED, st.sampled_from(ORDERS))
@settings(max_examples=300)
def test_after_a_merge_the_gallery_works(foreign: list[CorsRule], expected: tuple[CorsRule, ...], order: Order) -> None:
    assert shortcomings(merge_rules(foreign, expected, order), expected, order) == []


@given(RULES, EXPECTED, st.sampled_from(ORDERS), REQUESTS)
@settings(max_examples=300)
def test_what_was_allowed_before_a_merge_is_allowed_after_it(
    foreign: list[CorsRule], expected: tuple[CorsRule, ...], order: Order, request: CorsRequest
) -> None:
    before = evaluate(foreign, request, order)
    after = evaluate(merge_rules(foreign, expected, order), request, order)
    if before is not None:
        assert after is not None
        assert all(after.exposes(header) for header in before.expose_headers)


@given(RULES, EXPECTED, st.sampled_from(ORDERS))
def test_every_foreign_rule_is_kept_in_its_order(
    foreign: list[CorsRule], expected: tuple[CorsRule, ...], order: Order
) -> None:
    known = [rule.normalized() for rule in expected]
    merged = merge_rules(foreign, expected, order)
    kept = [rule for rule in merged if not rule.rule_id.startswith(ID_PREFIX)]
    assert kept == [rule for rule in foreign if rule.normalized() not in known]


@given(RULES, EXPECTED, st.sampled_from(ORDERS))
def test_merging_twice_is_merging_once(foreign: list[CorsRule], expected: tuple[CorsRule, ...], order: Order) -> None:
    once = merge_rules(foreign, expected, order)
    assert merge_rules(once, expected, order) == once


def test_at_aws_our_rule_goes_after_a_foreign_one_that_is_not_in_its_way() -> None:
    merged = merge_rules([ADMIN], DEFAULT, "aws")
    assert [rule.rule_id for rule in merged] == ["admin tool", "galleria-1"]


def test_at_ceph_the_foreign_rules_site_gets_a_rule_that_does_both_in_front_of_it() -> None:
    wider, foreign, ours = merge_rules([ADMIN], DEFAULT, "ceph")
    assert foreign == ADMIN
    assert wider.origins == ("https://admin.example",)
    assert set(wider.methods) == {"GET", "HEAD", "PUT"}
    assert set(wider.headers) == {"*", "content-type"}
    assert ours.origins == ("*",)
    assert wider.rule_id != ours.rule_id


@pytest.mark.parametrize("order", ORDERS)
def test_a_foreign_rule_that_lets_the_gallery_work_gets_no_copy(order: Order) -> None:
    enough = replace(DEFAULT[0], origins=("https://a.example",), max_age_seconds=5)
    assert [rule.origins for rule in merge_rules([enough], DEFAULT, order)] == [("https://a.example",), ("*",)]


def test_at_ceph_only_the_rules_in_the_way_get_a_copy() -> None:
    enough = [replace(DEFAULT[0], origins=(f"https://site{n}.example",), rule_id=f"site {n}") for n in range(60)]
    assert len(merge_rules([ADMIN, *enough], DEFAULT, "ceph")) == 63


@pytest.mark.parametrize("order", ORDERS)
def test_copies_that_allow_the_same_are_one_rule_so_that_many_sites_fit(order: Order) -> None:
    foreign = [CorsRule((f"https://site{n}.example",), ("PUT", "GET")) for n in range(98)]
    merged = merge_rules(foreign, DEFAULT, order)
    assert len(merged) == 100
    assert merged[0].origins == tuple(f"https://site{n}.example" for n in range(98))
    assert shortcomings(merged, DEFAULT, order) == []


def test_a_copy_does_not_pass_a_rule_that_speaks_for_its_site() -> None:
    foreign = [
        CorsRule(("https://a.example",), ("PUT",)),
        CorsRule(("https://*.b.example",), ("DELETE",)),
        CorsRule(("https://x.b.example",), ("PUT",)),
    ]
    merged = merge_rules(foreign, DEFAULT, "ceph")
    before = evaluate(foreign, CorsRequest("https://x.b.example", "DELETE"), "ceph")
    after = evaluate(merged, CorsRequest("https://x.b.example", "DELETE"), "ceph")
    assert before is not None
    assert after is not None


def test_at_aws_the_copy_allows_no_more_methods_than_are_in_the_way() -> None:
    hiding = CorsRule(("https://admin.example",), ("GET", "PUT"), ("content-type",), ("Date",))
    copy = merge_rules([hiding], DEFAULT, "aws")[0]
    assert (copy.methods, copy.expose_headers) == (("GET",), ("ETag", "Date"))


@pytest.mark.parametrize("order", ORDERS)
def test_the_expected_rule_put_by_another_tool_is_not_put_twice(order: Order) -> None:
    twin = replace(DEFAULT[0], rule_id="console")
    merged = merge_rules([twin, ADMIN], DEFAULT, order)
    assert [rule.rule_id for rule in merged if rule.normalized() == DEFAULT[0].normalized()] == [merged[-1].rule_id]


def test_rules_that_an_earlier_merge_made_are_made_again() -> None:
    old = merge_rules([ADMIN], [CorsRule(("https://old.example",), ("GET",))], "ceph")
    assert merge_rules(old, DEFAULT, "ceph") == merge_rules([ADMIN], DEFAULT, "ceph")


def test_more_rules_than_s3_keeps_are_an_error_that_says_what_to_do() -> None:
    foreign = [CorsRule((f"https://site{n}.example",), ("PUT",)) for n in range(99)]
    with pytest.raises(ProviderError, match="would be 101; S3 keeps 100") as caught:
        merge_rules(foreign, DEFAULT, "ceph")
    assert "mode repair" in (caught.value.advice or "")
