"""Add what the gallery needs to the rules of others, without changing anything that they rely on.

Rules of this library have an ID that begins with `ID_PREFIX`; they are removed and created again. Foreign rules never
change: if one of them would answer the gallery's requests, but allow too little, a wider copy of it, only for the
shared origins, is put before it. Copies that allow the same become one rule, unless a rule between them covers one of
their origins.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import Final

from galleria_storage.cors.evaluate import Order
from galleria_storage.cors.expected import MAX_RULES
from galleria_storage.cors.needs import shortcomings
from galleria_storage.cors.patterns import have_common, overlap
from galleria_storage.cors.rules import CorsRule
from galleria_storage.errors import ProviderError

ID_PREFIX: Final = "galleria-"


def merge_rules(current: Sequence[CorsRule], expected: Sequence[CorsRule], order: Order) -> tuple[CorsRule, ...]:
    """Return rules under which the gallery works and every foreign rule is kept.

    The smallest change wins: the expected rules after the foreign ones if that
    is enough; otherwise wider copies come before the foreign rules that are in
    the way.

    Raises
    ------
    ProviderError
        The result would have more rules than S3 keeps.
    """
    known = {rule.normalized() for rule in expected}
    foreign = [rule for rule in current if not rule.rule_id.startswith(ID_PREFIX) and rule.normalized() not in known]
    own = [replace(rule, rule_id=ID_PREFIX) for rule in expected]
    merged = [*foreign, *own]
    if shortcomings(merged, expected, order):
        merged = [*_with_copies(foreign, own, order), *own]
    if len(merged) > MAX_RULES:
        raise ProviderError(
            f"the merged rules would be {len(merged)}; S3 keeps {MAX_RULES}",
            advice="Remove rules that nobody needs from the bucket, or use the mode repair.",
        )
    return _numbered(merged)


def _with_copies(foreign: Sequence[CorsRule], own: Sequence[CorsRule], order: Order) -> list[CorsRule]:
    merged: list[CorsRule] = []
    for one in foreign:
        for copy in _wider_copies(one, own, order):
            _add(merged, copy)
        merged.append(one)
    return merged


def _add(merged: list[CorsRule], copy: CorsRule) -> None:
    """Merge a copy with an earlier one that allows the same, unless a rule between them covers one of its origins.

    S3 allows few rules, and with a copy each, the rules for fifty sites would become a hundred.
    """
    for place in reversed(range(len(merged))):
        earlier = merged[place]
        if earlier.rule_id == ID_PREFIX and replace(earlier, origins=copy.origins) == copy:
            merged[place] = replace(earlier, origins=_union(earlier.origins, copy.origins))
            return
        if have_common(earlier.origins, copy.origins):
            break
    merged.append(copy)


def _wider_copies(foreign: CorsRule, own: Sequence[CorsRule], order: Order) -> Iterator[CorsRule]:
    """Yield, for each of our rules that the foreign one blocks, a rule for the shared origins that does both.

    At AWS the copy needs only the methods that both have, since other requests
    do not match it; at Ceph the copy decides everything for these origins.
    """
    for rule in own:
        shared = [part for a in rule.origins for b in foreign.origins if (part := overlap(a, b)) is not None]
        both = [method for method in rule.methods if method in foreign.methods]
        methods = _union(rule.methods, foreign.methods) if order == "ceph" else tuple(both)
        if shared and methods and not _is_part_of(rule, foreign):
            yield replace(
                rule,
                origins=_union(shared),
                methods=methods,
                headers=_union(rule.headers, foreign.headers),
                expose_headers=_union(rule.expose_headers, foreign.expose_headers),
            )


def _is_part_of(rule: CorsRule, foreign: CorsRule) -> bool:
    """Whether the foreign rule allows everything that ours does, whatever its origins."""
    one, other = rule.normalized(), foreign.normalized()
    pairs = ((one.methods, other.methods), (one.headers, other.headers), (one.expose_headers, other.expose_headers))
    return all(set(ours) <= set(theirs) for ours, theirs in pairs)


def _numbered(rules: Sequence[CorsRule]) -> tuple[CorsRule, ...]:
    """Give our rules distinct IDs, as S3 requires."""
    number = count(1)
    return tuple(
        replace(rule, rule_id=f"{ID_PREFIX}{next(number)}") if rule.rule_id == ID_PREFIX else rule for rule in rules
    )


def _union(*lists: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for values in lists for value in values))
