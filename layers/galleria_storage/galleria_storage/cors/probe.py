"""Request the public URL as a browser would: a preflight, and a GET with an Origin.

A CDN in front of a bucket may strip or overwrite what the bucket answers, so
that the gallery is broken although the rules are right. Only this part sends
unsigned HTTP requests: it sees what visitors see.
"""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any, Final

from galleria_storage.cors.fetch_standard import passes_cors_check, preflight_problem, unreadable
from galleria_storage.cors.needs import Need, needs
from galleria_storage.cors.public_request import TIMEOUT_SECONDS, Answer, PublicUrl, ask, public_url
from galleria_storage.cors.rules import CorsRule
from galleria_storage.errors import ProviderError

#: At most this many origins are tried: each costs two requests.
MAX_ORIGINS: Final = 5
#: Time limit for all requests together, in seconds.
PROBE_SECONDS: Final = 60.0
_SETTING: Final = "CORS_PROBE_URL"
_NOT_PHOTOS: Final = frozenset(
    {"application/json", "application/xml", "application/xhtml+xml", "application/javascript"}
)


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What a browser would have found.

    Attributes
    ----------
    url
        The requested object, without the query of its address.
    problems
        In words; empty if a page may read the object as expected.
    """

    url: str
    problems: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether a browser would have let the page read the object."""
        return not self.problems

    def as_document(self) -> dict[str, Any]:
        """Return the result as JSON values."""
        return {**asdict(self), "problems": list(self.problems), "passed": self.passed}


def probe(url: str, expected: Sequence[CorsRule], *, seconds: float = PROBE_SECONDS) -> ProbeResult:
    """Send what a browser would send for a page of each expected origin, and judge the answers as it would.

    Parameters
    ----------
    url
        Public address of an object that exists; redirects are not followed.
    expected
        The rules whose reading methods are tried (nothing is ever written).
    seconds
        Time limit for all answers together.

    Raises
    ------
    SettingsError
        A browser could not open the URL.
    ProviderError
        There is no server or no photo at the URL, or the answers take too long: the probe shows nothing.
    """
    address, deadline = public_url(url, _SETTING), time.monotonic() + seconds
    wanted = [need for need in needs(expected) if need.method in {"GET", "HEAD"}]
    origins = list(dict.fromkeys(need.origins for need in wanted))[:MAX_ORIGINS]
    problems = []
    for need in wanted:
        if need.origins in origins:
            left = deadline - time.monotonic()
            if left <= 0:
                raise ProviderError(f"the public URL takes more than {seconds:g} seconds for all answers")
            problems += _problems(address, need, min(left, TIMEOUT_SECONDS))
    return ProbeResult(address.shown, tuple(dict.fromkeys(problems)))


def _problems(url: PublicUrl, need: Need, seconds: float) -> list[str]:
    request, pages = need.request(), f"pages of {need.origins}"
    if not request.needs_preflight:
        return _reading_problems(ask(url, need.method, {"Origin": request.origin}, seconds=seconds), need)
    answer = ask(url, "OPTIONS", _preflight_headers(need), seconds=seconds)
    problem = preflight_problem(answer.status, answer.headers, request.origin, request.method, request.headers)
    return [f"{pages}: the preflight for {need.method} {problem}"] if problem else []


def _preflight_headers(need: Need) -> dict[str, str]:
    """Return the headers of a preflight (Fetch standard, "CORS-preflight fetch", steps 1 to 5)."""
    request = need.request()
    return {
        "Origin": request.origin,
        "Access-Control-Request-Method": request.method,
        "Access-Control-Request-Headers": ",".join(sorted({name.lower() for name in request.headers})),
    }


def _reading_problems(answer: Answer, need: Need) -> list[str]:
    pages = f"pages of {need.origins}"
    if found := _instead_of_a_photo(answer):
        raise ProviderError(
            f"{need.method} of the public URL is answered with {found}",
            advice="Set CORS_PROBE_URL to the address of an existing, public photo.",
        )
    if not passes_cors_check(answer.headers, need.request().origin):
        return [f"{pages} may not {need.method}: the answer does not allow the origin"]
    hidden = unreadable(answer.headers, need.expose_headers)
    return [f"{pages} may not read {', '.join(hidden)} of a {need.method}"] if hidden else []


def _instead_of_a_photo(answer: Answer) -> str:
    """Describe an answer that is not a photo, such as a login or maintenance page; empty for a photo."""
    if answer.status not in {HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT}:
        return str(answer.status)
    media_type = (answer.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
    if media_type.startswith("text/") or media_type in _NOT_PHOTOS:
        return f"{media_type}, not a photo"
    # SVG images are text; for all others, the first byte gives away a page that calls itself an image.
    if answer.body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and media_type != "image/svg+xml":
        return "a page, not a photo"
    return ""
