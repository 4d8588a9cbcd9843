"""The effective comparison: whether a bucket allows what the gallery needs, and whether it allows too much.

Expected rules become requests, and `evaluate` answers each. One request for each pattern of origins is not enough,
because a foreign rule for some of these origins may come first. So each subset named by a rule of the bucket is tried
with its own example.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from galleria_storage.cors.evaluate import CorsRequest, Order, answering_rule, evaluate
from galleria_storage.cors.patterns import example, matches, overlap
from galleria_storage.cors.rules import CorsRule

#: Replaces ``*`` in an example. No real rule names it, so only a rule for the whole pattern matches.
FILLER: Final = "zq-galleria-probe"
#: The beginnings of browsers' origins; a rule for each of them does as much as one for ``*``.
_SCHEMES: Final = ("https://*", "http://*")
_WRITING: Final = ("PUT", "POST", "DELETE")


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that the gallery needs: pages of these origins may send this method with these headers.

    Attributes
    ----------
    origins
        A pattern, or one origin.
    method
        HTTP method.
    headers
        Patterns of request headers, all sent at once; empty for a request without a preflight.
    expose_headers
        Response headers that the page must be able to read.
    """

    origins: str
    method: str
    headers: tuple[str, ...]
    expose_headers: tuple[str, ...]

    def request(self) -> CorsRequest:
        """Return an example of the request."""
        headers = tuple(example(pattern, FILLER) for pattern in self.headers)
        return CorsRequest(example(self.origins, FILLER), self.method, headers)


def needs(expected: Sequence[CorsRule], current: Sequence[CorsRule] = ()) -> Iterator[Need]:
    """Yield everything that the expected rules promise, separately for each subset that the current rules name."""
    singled_out = dict.fromkeys(origin for rule in current for origin in rule.origins)
    for rule in expected:
        whole = [part for origin in rule.origins for part in _by_scheme(origin)]
        parts = [part for origin in whole for other in singled_out if (part := overlap(origin, other)) is not None]
        for origins in dict.fromkeys([*whole, *parts]):
            for method in rule.methods:
                yield Need(origins, method, (), rule.expose_headers)
                if rule.headers:
                    yield Need(origins, method, rule.headers, rule.expose_headers)


def shortcomings(current: Sequence[CorsRule], expected: Sequence[CorsRule], order: Order) -> list[str]:
    """Describe what the gallery needs but the bucket's rules do not allow; empty if everything is allowed."""
    words = (_shortcoming(current, need, order) for need in needs(expected, current))
    return list(dict.fromkeys(word for word in words if word))


def risks(current: Sequence[CorsRule], expected: Sequence[CorsRule]) -> list[str]:
    """Describe which rules allow pages of any site more than the settings ask for."""
    intended = {method for rule in expected if any(map(_is_any_site, rule.origins)) for method in rule.methods}
    found = []
    for number, rule in enumerate(current, 1):
        wide = [origin for origin in rule.origins if _is_any_site(origin)]
        if not wide:
            continue
        writing = [method for method in _WRITING if method in rule.methods and method not in intended]
        if writing:
            found.append(f"rule {number} lets pages of any site ({', '.join(wide)}) send {' and '.join(writing)}")
        elif not intended:
            found.append(f"rule {number} lets pages of any site ({', '.join(wide)}) read; the settings name sites")
    return found


def _shortcoming(current: Sequence[CorsRule], need: Need, order: Order) -> str | None:
    request = need.request()
    permission = evaluate(current, request, order)
    pages = f"pages of {need.origins}"
    if permission is None:
        refused = _refused_headers(current, need, order)
        return f"{pages} may not {need.method}" + (f" with the request headers {', '.join(refused)}" if refused else "")
    hidden = [header for header in need.expose_headers if not permission.exposes(header)]
    if hidden:
        return f"{pages} may {need.method} but not read {', '.join(hidden)}: rule {permission.rule + 1} hides it"
    return None


def _refused_headers(current: Sequence[CorsRule], need: Need, order: Order) -> tuple[str, ...]:
    """Return the headers at fault: those refused one by one, or all if they are only refused together."""
    plain = Need(need.origins, need.method, (), ())
    if not need.headers or answering_rule(current, plain.request(), order) is None:
        return ()
    alone = [Need(need.origins, need.method, (header,), ()) for header in need.headers]
    refused = tuple(one.headers[0] for one in alone if evaluate(current, one.request(), order) is None)
    return refused or need.headers


def _by_scheme(origin: str) -> list[str]:
    return [part for scheme in _SCHEMES if (part := overlap(origin, scheme)) is not None] or [origin]


def _is_any_site(pattern: str) -> bool:
    return any(matches(pattern, example(scheme, FILLER)) for scheme in _SCHEMES)
