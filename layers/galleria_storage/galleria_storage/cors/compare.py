"""The exact comparison: whether a bucket has the expected rules (the question of Galleria's storage service).

What the rules mean to a browser is another question: see `evaluate`.
"""

from collections.abc import Sequence
from itertools import combinations

from galleria_storage.cors.patterns import have_common
from galleria_storage.cors.rules import CorsRule


def same_rules(current: Sequence[CorsRule], expected: Sequence[CorsRule]) -> bool:
    """Whether both are the same rules in all five fields, ignoring order and letter case where these do not matter.

    The order of rules matters only between rules that one origin could match,
    because the first of them answers. Duplicate rules count once.
    """
    found, wanted = _distinct(current), _distinct(expected)
    if set(found) != set(wanted):
        return False
    place = {rule: n for n, rule in enumerate(found)}
    return all(
        place[first] < place[second]
        for first, second in combinations(wanted, 2)
        if have_common(first.origins, second.origins)
    )


def differences(current: Sequence[CorsRule], expected: Sequence[CorsRule]) -> list[str]:
    """Describe how the current rules differ from the expected ones; empty if they do not."""
    if same_rules(current, expected):
        return []
    if not current:
        return ["the bucket has no CORS rules"]
    found, wanted = _distinct(current), _distinct(expected)
    missing = [rule for rule in wanted if rule not in found]
    extra = [rule for rule in found if rule not in wanted]
    if not missing and not extra:
        return ["the rules are the expected ones in another order, and the first rule that fits answers"]
    if len(missing) == len(extra) == 1:
        return _field_differences(extra[0], missing[0])
    return [f"missing: {_in_words(rule)}" for rule in missing] + [f"not expected: {_in_words(rule)}" for rule in extra]


def _field_differences(found: CorsRule, wanted: CorsRule) -> list[str]:
    pairs = {
        "AllowedOrigins": (found.origins, wanted.origins),
        "AllowedMethods": (found.methods, wanted.methods),
        "AllowedHeaders": (found.headers, wanted.headers),
        "ExposeHeaders": (found.expose_headers, wanted.expose_headers),
    }
    words = [
        f"{field}: {_join(actual)} instead of {_join(needed)}"
        for field, (actual, needed) in pairs.items()
        if actual != needed
    ]
    if found.max_age_seconds != wanted.max_age_seconds:
        words.append(f"MaxAgeSeconds: {_age(found.max_age_seconds)} instead of {_age(wanted.max_age_seconds)}")
    return words


def _in_words(rule: CorsRule) -> str:
    return (
        f"{_join(rule.methods)} from {_join(rule.origins)}, request headers {_join(rule.headers)}, "
        f"exposing {_join(rule.expose_headers)}, max age {_age(rule.max_age_seconds)}"
    )


def _join(values: Sequence[str]) -> str:
    return ", ".join(values) or "none"


def _age(seconds: int | None) -> str:
    return "none" if seconds is None else str(seconds)


def _distinct(rules: Sequence[CorsRule]) -> list[CorsRule]:
    return list(dict.fromkeys(rule.normalized() for rule in rules))
