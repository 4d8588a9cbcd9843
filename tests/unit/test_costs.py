"""The figures of docs/operations.md: computed by `make costs`, and correct."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.costs import bill, page
from benchmarks.costs.__main__ import PAGE
from tests.support.stack.template import Stack


def test_the_page_says_what_the_script_computes() -> None:
    found = PAGE.read_text(encoding="utf-8")
    assert page.with_parts(found) == found, "run `make costs WRITE=1`"


def test_a_part_without_a_place_in_the_page_is_an_error() -> None:
    with pytest.raises(ValueError, match="0 places for the part 'prices'"):
        page.with_parts("a page without places")


def test_the_memory_is_that_of_the_template() -> None:
    properties = Stack().properties("PublishPhotoFunction")
    assert bill.ASSUMED["memory_mb"] == properties["MemorySize"]


def test_a_duplicate_costs_what_its_parts_cost() -> None:
    """Three reads, one invocation of 40 ms at half a GB, 2 KB of log and a twentieth of a trace, by hand."""
    by_hand = 3 * 0.0000004 + 0.0000002 + 0.0401 * 0.5 * 0.0000133334 + 0.000002 * 0.5 + 0.05 * 0.000005
    assert bill.duplicate(queued=False) == pytest.approx(by_hand, rel=0.001)
    assert bill.duplicate(queued=True) == pytest.approx(by_hand + 3 * 0.0000004, rel=0.001)


def test_of_ten_million_photos_a_day_s3_requests_cost_more_than_compute() -> None:
    items = {item.what: item.usd for item in bill.publication(10_000_000)}
    requests = sum(usd for what, usd in items.items() if "PUT" in what or "GET" in what or "uploads" in what)
    assert requests == pytest.approx(112)
    assert requests > 5 * items["Lambda time"]
    assert bill.egress(bill.gigabytes(10_000_000)) > 20 * requests


@given(st.floats(0, 1e7), st.floats(0, 1e6))
def test_more_traffic_costs_more_and_never_more_than_the_first_price(gigabytes: float, more: float) -> None:
    assert bill.egress(gigabytes) <= bill.egress(gigabytes + more)
    assert bill.egress(gigabytes) <= gigabytes * 0.09 + 1e-9
    assert bill.egress(gigabytes) >= gigabytes * 0.05 - 1e-9


def test_traffic_is_paid_by_steps() -> None:
    assert bill.egress(10_240 + 1_000) == pytest.approx(10_240 * 0.09 + 1_000 * 0.085)
