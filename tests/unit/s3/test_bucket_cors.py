"""A bucket counts as having no rules only if its server says so."""

import pytest

from galleria_storage.errors import NotFoundError, ProviderError
from galleria_storage.s3.bucket_cors import fetch_rules
from tests.support.fakes.scripted import Scripted, refusal


def test_a_bucket_without_rules_says_so_by_name() -> None:
    assert fetch_rules(Scripted(refusal("NoSuchCORSConfiguration", 404)), "photos") == []


@pytest.mark.parametrize("answer", [{}, {"CORSRules": []}])
def test_an_empty_answer_is_not_a_bucket_without_rules(answer: dict[str, object]) -> None:
    with pytest.raises(ProviderError, match="without the bucket's rules: it proves nothing"):
        fetch_rules(Scripted(answer), "photos")


def test_any_other_404_is_an_error() -> None:
    with pytest.raises(NotFoundError):
        fetch_rules(Scripted(refusal("404", 404)), "photos")
