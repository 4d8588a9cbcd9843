"""How a browser judges an answer, word by word from the Fetch standard, for requests without credentials.

Source: https://fetch.spec.whatwg.org; each function names its section. The
cases of the web-platform-tests for CORS are in `tests/unit/cors`.
"""

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Final, NamedTuple

#: Sent without a preflight unless a header needs one ("CORS-safelisted method").
SAFELISTED_METHODS: Final = frozenset({"GET", "HEAD", "POST"})
#: Readable whatever the answer exposes ("CORS-safelisted response-header name").
SAFELISTED_RESPONSE_HEADERS: Final = frozenset(
    {"cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma"}
)
#: Never allowed by ``*`` ("CORS non-wildcard request-header name").
_NON_WILDCARD: Final = "authorization"
#: Never readable ("forbidden response-header name").
_FORBIDDEN_RESPONSE_HEADERS: Final = frozenset({"set-cookie", "set-cookie2"})
_HTTP_WHITESPACE: Final = "\t\n\r "
_NAME: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"


class HeaderList(NamedTuple):
    """The headers of an answer in order; a name may occur several times."""

    fields: Sequence[tuple[str, str]]

    def get(self, name: str) -> str | None:
        """Return all values of a name as one text, joined by commas; None if the name is absent ("get")."""
        values = [value.strip(_HTTP_WHITESPACE) for found, value in self.fields if found.lower() == name.lower()]
        return ", ".join(values) if values else None

    def names(self, name: str) -> list[str] | None:
        """Return the names that a header lists; None if it is absent ("extract header list values").

        Raises
        ------
        ValueError
            The value is not a list of names (``#token``, RFC 9110, 5.6.1): a
            browser ignores the whole header, or the preflight fails.
        """
        text = self.get(name)
        if text is None:
            return None
        elements = [element.strip("\t ") for element in text.split(",")]
        if wrong := [element for element in elements if element and not re.fullmatch(_NAME, element)]:
            raise ValueError(f"{name} holds {wrong[0]!r}, which is not a name")
        return [element for element in elements if element]


def passes_cors_check(headers: HeaderList, origin: str) -> bool:
    """Whether an answer may be shared with pages of an origin ("CORS check", 4.9)."""
    return headers.get("Access-Control-Allow-Origin") in {"*", origin}


def preflight_problem(status: int, headers: HeaderList, origin: str, method: str, unsafe: Sequence[str]) -> str | None:
    """Say why a preflight's answer stops the request; None if it allows it ("CORS-preflight fetch", 4.8, step 7).

    Parameters
    ----------
    status, headers
        The answer.
    origin
        The page's.
    method
        What the page wants to send.
    unsafe
        Names of its request headers that are not safelisted.
    """
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return f"is answered with {status}"
    if not passes_cors_check(headers, origin):
        return "does not allow the origin"
    try:
        methods = headers.names("Access-Control-Allow-Methods") or []
        allowed = headers.names("Access-Control-Allow-Headers") or []
    except ValueError as error:
        return f"cannot be read: {error}"
    if method not in {*methods, *SAFELISTED_METHODS} and "*" not in methods:
        return f"does not allow the method {method}"
    lower = {name.lower() for name in allowed}
    refused = [
        name for name in unsafe if name.lower() not in lower and (name.lower() == _NON_WILDCARD or "*" not in lower)
    ]
    return f"does not allow the header {', '.join(refused)}" if refused else None


def unreadable(headers: HeaderList, names: Sequence[str]) -> list[str]:
    """Return those names that a page cannot read in an answer ("CORS-exposed header-name list", 4.1)."""
    try:
        exposed = {name.lower() for name in headers.names("Access-Control-Expose-Headers") or ()}
    except ValueError:
        exposed = set()
    return [name for name in names if not is_readable(name, exposed)]


def is_readable(name: str, exposed: "frozenset[str] | set[str]") -> bool:
    """Whether a page can read a header if these names, in lower case, are exposed."""
    lower = name.lower()
    if lower in _FORBIDDEN_RESPONSE_HEADERS:
        return False
    return lower in SAFELISTED_RESPONSE_HEADERS or lower in exposed or "*" in exposed
