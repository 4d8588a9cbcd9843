"""What a server answers to a browser under given rules, without asking it.

There are two orders of evaluation, and `tests/interop` compares both with real
servers:

``aws``
    The first rule that matches origin, method and headers answers (S3 user
    guide, "How does Amazon S3 evaluate the CORS configuration on a bucket?").
``ceph``
    The first rule whose origin matches answers; if its methods or headers do
    not fit, the request is refused, whatever the later rules say
    (RGWCORSConfiguration::host_name_rule).

Whatever is allowed in the order ``ceph`` is also allowed in the order ``aws``, by the same rule, so ``ceph`` is the
cautious choice for an unknown server.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from galleria_storage.cors.fetch_standard import SAFELISTED_METHODS, is_readable
from galleria_storage.cors.patterns import matches
from galleria_storage.cors.rules import CorsRule

Order = Literal["aws", "ceph"]


@dataclass(frozen=True, slots=True)
class CorsRequest:
    """What a script asks a browser to send.

    Attributes
    ----------
    origin
        The page's origin, as in the browser's Origin header.
    method
        HTTP method.
    headers
        Request headers that need a preflight.
    """

    origin: str
    method: str
    headers: tuple[str, ...] = ()

    @property
    def needs_preflight(self) -> bool:
        """Whether a browser asks with OPTIONS first."""
        return bool(self.headers) or self.method not in SAFELISTED_METHODS


@dataclass(frozen=True, slots=True)
class Permission:
    """What the browser learns from the answer to an allowed request.

    Attributes
    ----------
    rule
        Index of the rule that answered, from 0.
    expose_headers
        Response headers that the script may read.
    max_age_seconds
        How long the preflight's answer may be cached, in seconds; None if not set.
    """

    rule: int
    expose_headers: tuple[str, ...]
    max_age_seconds: int | None

    def exposes(self, header: str) -> bool:
        """Whether the script may read the header (``*`` counts, since a gallery sends no credentials)."""
        return is_readable(header, {name.lower() for name in self.expose_headers})


def answering_rule(rules: Sequence[CorsRule], request: CorsRequest, order: Order) -> int | None:
    """Return which rule (from 0) answers one HTTP request, preflight or not, or None if it is refused.

    A preflight is evaluated with its headers, the request itself without any:
    servers only look at Access-Control-Request-Headers.
    """
    for number, rule in enumerate(rules):
        if not _any_matches(rule.origins, request.origin):
            continue
        if request.method in rule.methods and _headers_allowed(rule, request.headers):
            return number
        if order == "ceph":
            return None
    return None


def evaluate(rules: Sequence[CorsRule], request: CorsRequest, order: Order) -> Permission | None:
    """Return what a browser may do with the request, or None if it blocks it.

    The preflight, where one is needed, and the request itself must both be
    allowed; what the script may read is what the second answer exposes.
    """
    if request.needs_preflight and answering_rule(rules, request, order) is None:
        return None
    number = answering_rule(rules, CorsRequest(request.origin, request.method), order)
    if number is None:
        return None
    return Permission(number, rules[number].expose_headers, rules[number].max_age_seconds)


def _any_matches(patterns: Sequence[str], value: str) -> bool:
    return any(matches(pattern, value) for pattern in patterns)


def _headers_allowed(rule: CorsRule, headers: Sequence[str]) -> bool:
    allowed = [pattern.lower() for pattern in rule.headers]
    return all(_any_matches(allowed, header.lower()) for header in headers)
