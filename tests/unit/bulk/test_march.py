"""Two listings in lock step meet at every key, once and in order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.bulk.march import march
from galleria_storage.errors import ProviderError
from galleria_storage.s3.listing import ListedObject


def listing(keys: set[str]) -> list[ListedObject]:
    return [ListedObject(key, 1, "e") for key in sorted(keys, key=str.encode)]


@given(st.sets(st.text("ab/é\U0001f305", min_size=1, max_size=4)), st.sets(st.text("ab/é\U0001f305", max_size=4)))
def test_every_key_comes_once_with_what_each_side_has(left: set[str], right: set[str]) -> None:
    found = list(march(listing(left), listing(right)))
    assert [pair.key for pair in found] == sorted(left | right)
    assert {pair.key for pair in found if pair.left} == left
    assert {pair.key for pair in found if pair.right} == right


def test_a_listing_out_of_order_is_an_error_and_no_wrong_answer() -> None:
    with pytest.raises(ProviderError, match="not in order"):
        list(march([ListedObject("b", 1, ""), ListedObject("a", 1, "")], []))
