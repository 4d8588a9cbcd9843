"""Add what the gallery needs to the rules of others, and change nothing else that others rely on.

Rules of this library carry an ID that begins with `ID_PREFIX`; they are taken
out and made anew. Foreign rules are never changed: where one of them would
answer the gallery's requests and answers too little, a wider copy of it, for
the shared origins only, is put in front of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import Final

from galleria_storage.cors.evaluate import Order
from galleria_storage.cors.expected import MAX_RULES
from galleria_storage.cors.needs import shortcomings
from galleria_storage.cors.patterns import overlap
from galleria_storage.cors.rules import CorsRule
from galleria_storage.errors import ProviderError

ID_PREFIX: Final = "galleria-"


def merge_rules(current: Sequence[CorsRule], expected: Sequence[CorsRule], order: Order) -> tuple[CorsRule, ...]:
    """Return rules under which the gallery works and every foreign rule still stands.

    The least change wins: the expected rules behind the foreign ones if that
    is enough, else with wider copies in front of the foreign rules in the way.

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
        merged = [rule for one in foreign for rule in (*_wider_copies(one, own, order), one)] + own
    if len(merged) > MAX_RULES:
        raise ProviderError(
            f"the merged rules would be {len(merged)}; S3 keeps {MAX_RULES}",
            advice="Take rules out of the bucket that nobody needs, or use the mode repair.",
        )
    return _numbered(merged)


def _wider_copies(foreign: CorsRule, own: Sequence[CorsRule], order: Order) -> Iterator[CorsRule]:
    """Give, for each of our rules that the foreign one is in the way of, a rule for the shared origins that does both.

    With AWS the copy needs the methods that both have, since requests of others
    pass it by; with Ceph the copy is all that these origins get.
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
    """Tell whether the foreign rule names all that ours does, whatever its origins."""
    one, other = rule.normalized(), foreign.normalized()
    pairs = ((one.methods, other.methods), (one.headers, other.headers), (one.expose_headers, other.expose_headers))
    return all(set(ours) <= set(theirs) for ours, theirs in pairs)


def _numbered(rules: Sequence[CorsRule]) -> tuple[CorsRule, ...]:
    """Make our IDs different from one another, as S3 wants them."""
    number = count(1)
    return tuple(
        replace(rule, rule_id=f"{ID_PREFIX}{next(number)}") if rule.rule_id == ID_PREFIX else rule for rule in rules
    )


def _union(*lists: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for values in lists for value in values))
