"""Answers to pages of another origin, and what the Fetch standard makes of each.

The cases are those of the web-platform-tests for CORS (cors/origin.htm,
access-control-expose-headers-parsing.window.js, preflight-failure.htm,
fetch/api/cors/cors-preflight-star.any.js, cors-preflight-response-validation.any.js),
and some more of their kind.
"""

from typing import Final, NamedTuple
from urllib.parse import urlsplit

ALLOW_ORIGIN: Final = "Access-Control-Allow-Origin"
ALLOW_METHODS: Final = "Access-Control-Allow-Methods"
ALLOW_HEADERS: Final = "Access-Control-Allow-Headers"
EXPOSE: Final = "Access-Control-Expose-Headers"


class Preflight(NamedTuple):
    """A preflight's answer beside the allowed origin, and what stops the request (empty: nothing)."""

    method: str
    unsafe: str
    fields: tuple[tuple[str, str], ...]
    status: int = 200
    problem: str = ""


def allowed_origins(origin: str) -> list[tuple[str, ...]]:
    """Return values of the header that allow an origin, as one line or several."""
    return [("*",), (" *  ",), ("\t*",), (origin,), (f" {origin}",), (f" {origin}   \t ",), (f"\t{origin}",)]


def refused_origins(origin: str) -> list[tuple[str, ...]]:
    """Return values of the header that do not allow it."""
    host = urlsplit(origin).netloc
    port = host.rpartition(":")[2]
    single = [
        f"http://www.{host}", f"//{host}", f"://{host}", f"ftp://{host}", f"http:://{host}", f"http:/{host}",
        f"http:{host}", host, f"{origin}?", f"{origin}/", f"{origin} /", f"{origin}#", f"{origin}%23", f"{origin}:80",
        f"{origin}, *", f"{origin}\0", f"HTTP://{host}", "-", "**", "\0*", "*\0", "'*'", '"*"', "* *", "* null",
        "*http://*", f"*{origin}", f"* {origin}", f"*, {origin}", f"\0{origin}", f"null {origin}",
        "http://example.net", "null", "null *", "", f"{origin}/cors/origin.htm", f"{origin}/cors/",
        "http://www1.web-platform.test:8001", f"test:{port}", f".test:{port}", f"*.test:{port}",
        f"http://test:{port}", f"http://.test:{port}", f"http://*.test:{port}", "\x0b*", "*\x0c", f"https://{host}",
        origin.rpartition(":")[0], origin.replace("http", "hTTp"),
    ]  # fmt: skip
    several = [("", "*"), ("*", ""), ("*", "*"), ("", origin), ("*", origin), (origin, origin), (origin, "null")]
    return [(value,) for value in single] + several


#: Lines of the header, and whether `bb-8` can be read.
EXPOSED: Final[tuple[tuple[tuple[str, ...], bool], ...]] = (
    (("BB-8",), True),
    (("bb-8",), True),
    (("bb-8,,",), True),
    ((",bb-8",), True),
    (("bb-8, , date",), True),
    (("date \t,\t bb-8",), True),
    (("no", "bb-8"), True),
    (("", "bb-8"), True),
    (("bb-8", "no"), True),
    (("*",), True),
    (("*, date",), True),
    (("bb-8,,@#$#%%&^&^*()()11!",), False),
    (("@#$#%%&^&^*()()11!,bb-8",), False),
    (("bb-8, no no",), False),
    (("bb-8", "no no"), False),
    (("bb-8\x0b",), False),
    (("bb-8\x0c, date",), False),
    (('"bb-8"',), False),
    (("bb-8;date",), False),
    (("bb-8 date",), False),
    (("**",), False),
    (("bb-*",), False),
    (("",), False),
    ((), False),
)


def _lists(methods: str, headers: str) -> tuple[tuple[str, str], ...]:
    return ((ALLOW_METHODS, methods), (ALLOW_HEADERS, headers))


_X: Final = ((ALLOW_HEADERS, "x-test"),)
PREFLIGHTS: Final = (
    *(Preflight("GET", "x-test", _X, status) for status in (200, 201, 204, 206, 299)),
    *(
        Preflight("GET", "x-test", _X, status, f"is answered with {status}")
        for status in (300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 417, 500, 501, 503, 680, 790)
    ),
    Preflight("GET", "X-Test", _lists("get", "x-test")),
    Preflight("HEAD", "X-Test", _lists("", "x-test")),
    Preflight("SUPER", "X-Test", _lists("*", "x-test")),
    Preflight("OK", "X-Test", _lists("*", "*")),
    Preflight("PUT", "x-test", _lists("PUT", "*")),
    Preflight("PUT", "x-test", _lists("DELETE , PUT", "a,X-TEST")),
    Preflight("GET", "Authorization", _lists("*", "authorization")),
    Preflight("GET", "authorization", _lists("*", "*, Authorization")),
    Preflight("PUT", "x-test", ((ALLOW_METHODS, "GET"), (ALLOW_METHODS, "PUT"), (ALLOW_HEADERS, "a"), *_X)),
    Preflight("PUT", "x-test", _lists("put", "*"), problem="does not allow the method PUT"),
    Preflight("PUT", "x-test", _lists("", "*"), problem="does not allow the method PUT"),
    Preflight("PUT", "x-test", _X, problem="does not allow the method PUT"),
    Preflight("PATCH", "x-test", _lists("GET", "*"), problem="does not allow the method PATCH"),
    Preflight("GET", "x-test", _lists("GET", "x-other"), problem="does not allow the header x-test"),
    Preflight("GET", "x-test", _lists("GET", ""), problem="does not allow the header x-test"),
    Preflight("GET", "x-test", _lists("GET", "x-*"), problem="does not allow the header x-test"),
    Preflight("GET", "x-test", (), problem="does not allow the header x-test"),
    Preflight("GET", "Authorization", _lists("GET", "*"), problem="does not allow the header Authorization"),
    Preflight("GET", "x-test", _lists("GET", "x-test,header name with space"), problem="cannot be read"),
    Preflight("GET", "x-test", _lists("Bad method name", "x-test"), problem="cannot be read"),
)
