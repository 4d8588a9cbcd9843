"""Ask the public URL as a browser would: a preflight, and a GET with an Origin.

A CDN in front of a bucket may strip or overwrite what the bucket answers, so
that the rules are right and the gallery is broken all the same. This is the
one part that speaks HTTP without signing anything: it sees what visitors see.
"""

import http.client
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

from galleria_storage.cors.needs import Need, needs
from galleria_storage.cors.rules import CorsRule
from galleria_storage.errors import ProviderError, SettingsError

TIMEOUT_SECONDS: Final = 10.0
#: So many origins are tried at most: each costs two requests.
MAX_ORIGINS: Final = 5


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What a browser would have met.

    Attributes
    ----------
    url
        The object that was asked for.
    problems
        In words; empty: a page may read the object as expected.
    """

    url: str
    problems: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether a browser would have let the page read the object."""
        return not self.problems

    def as_document(self) -> dict[str, Any]:
        """Return what JSON can hold."""
        return {**asdict(self), "problems": list(self.problems), "passed": self.passed}


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]

    def names(self, header: str) -> set[str]:
        """Return the header's comma-separated values in small letters."""
        return {name.strip().lower() for name in self.headers.get(header, "").split(",") if name.strip()}


def probe(url: str, expected: Sequence[CorsRule]) -> ProbeResult:
    """Send what a browser would send for a page of each expected origin, and judge the answers as it would.

    Parameters
    ----------
    url
        Public address of an object that exists; redirects are not followed.
    expected
        The rules whose reading methods are tried (nothing is ever written).

    Raises
    ------
    SettingsError
        The URL is none that a browser could open.
    ProviderError
        There is nobody, or no photo, at the URL, so that nothing can be told.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingsError(
            f"CORS_PROBE_URL is {url!r}; allowed is the public https address of a photo", tag="CORS_PROBE_URL"
        )
    wanted = [need for need in needs(expected) if need.method in {"GET", "HEAD"}]
    origins = list(dict.fromkeys(need.origins for need in wanted))[:MAX_ORIGINS]
    problems = [problem for need in wanted if need.origins in origins for problem in _problems(url, need)]
    return ProbeResult(url, tuple(dict.fromkeys(problems)))


def _problems(url: str, need: Need) -> list[str]:
    request = need.request()
    if request.needs_preflight:
        return _preflight_problems(_ask(url, "OPTIONS", _preflight_headers(need)), need)
    return _reading_problems(_ask(url, need.method, {"Origin": request.origin}), need)


def _preflight_headers(need: Need) -> dict[str, str]:
    request = need.request()
    return {
        "Origin": request.origin,
        "Access-Control-Request-Method": request.method,
        "Access-Control-Request-Headers": ",".join(sorted(name.lower() for name in request.headers)),
    }


def _preflight_problems(answer: _Answer, need: Need) -> list[str]:
    """Judge as the Fetch standard does (section 4.8, CORS-preflight fetch)."""
    request, pages = need.request(), f"pages of {need.origins}"
    if not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
        return [f"{pages}: the preflight for {need.method} is answered with {answer.status}"]
    if not _origin_allowed(answer, request.origin):
        return [f"{pages}: the preflight for {need.method} does not allow the origin"]
    # The methods that are tried here need not be named (Fetch standard: CORS-safelisted); the headers must be.
    headers = answer.names("access-control-allow-headers")
    refused = [name for name in request.headers if not headers & {"*", name.lower()}]
    return (
        [f"{pages}: the preflight for {need.method} does not allow the header {', '.join(refused)}"] if refused else []
    )


def _reading_problems(answer: _Answer, need: Need) -> list[str]:
    pages = f"pages of {need.origins}"
    if answer.status not in {HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT}:
        raise ProviderError(
            f"{need.method} of the public URL is answered with {answer.status}",
            advice="Set CORS_PROBE_URL to the address of a photo that is there, and public.",
        )
    if not _origin_allowed(answer, need.request().origin):
        return [f"{pages} may not {need.method}: the answer does not allow the origin"]
    exposed = answer.names("access-control-expose-headers")
    hidden = [name for name in need.expose_headers if not exposed & {"*", name.lower()}]
    return [f"{pages} may not read {', '.join(hidden)} of a {need.method}"] if hidden else []


def _origin_allowed(answer: _Answer, origin: str) -> bool:
    return answer.headers.get("access-control-allow-origin") in {"*", origin}


def _ask(url: str, method: str, headers: Mapping[str, str]) -> _Answer:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, headers=dict(headers))
        answer = connection.getresponse()  # the body stays unread: the headers are all that counts
        return _Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()})
    except (OSError, http.client.HTTPException) as error:
        raise ProviderError(f"the public URL gives no answer: {str(error) or type(error).__name__}") from error
    finally:
        connection.close()
