"""Find out each fact of a provider profile by doing it on a real server, with a plain boto3 client.

Each function is named like the field of `ProviderProfile` that it observes and returns what that field should
hold. `tests/integration/test_profiles.py` compares the profiles with them; `make survey` prints them as a table.
"""

from collections.abc import Callable
from typing import Any, Final

from tests.support.servers.facts import conditions, features, oddities
from tests.support.servers.facts.site import Site

__all__ = ["FACTS", "ODDITIES", "Site"]

FACTS: Final[tuple[Callable[[Site], Any], ...]] = (
    conditions.put_if_none_match,
    conditions.put_if_match,
    conditions.etag_in_if_match,
    conditions.complete_if_none_match,
    conditions.complete_if_match,
    conditions.delete_if_match,
    conditions.copy_source_if_match,
    conditions.part_copy,
    conditions.equal_parts,
    features.object_tags,
    features.cors_api,
    features.cors_enforced,
    features.cors_order,
    features.expose_header_wildcard,
    features.request_checksums,
    features.content_md5,
    features.content_md5_checked,
    features.sha256_checked,
    features.crc32_checked,
    features.signed_sha256_checked,
    features.versioned_conditions,
    features.versioning,
    features.folds_slashes,
)

ODDITIES: Final[tuple[Callable[[Site], str], ...]] = (
    oddities.winners_of_16_conditional_puts,
    oddities.tag_count_on_head,
    oddities.tag_count_on_get,
    oddities.etag_in_answer_to_complete,
    oddities.key_with_double_slash,
    oddities.two_kilobytes_of_metadata,
)
