"""An answer is judged as the Fetch standard says; the cases are those of the web-platform-tests for CORS."""

import pytest

from galleria_storage.cors.fetch_standard import HeaderList, passes_cors_check, preflight_problem, unreadable

ORIGIN = "http://web-platform.test:8000"
HOST = "web-platform.test:8000"
ALLOW_ORIGIN, ALLOW_METHODS = "Access-Control-Allow-Origin", "Access-Control-Allow-Methods"
ALLOW_HEADERS, EXPOSE = "Access-Control-Allow-Headers", "Access-Control-Expose-Headers"


def lines(name: str, *values: str) -> HeaderList:
    return HeaderList([(name, value) for value in values])


# --- cors/origin.htm


@pytest.mark.parametrize("value", ["*", " *  ", "\t*", ORIGIN, f" {ORIGIN}", f" {ORIGIN}   \t ", f"\t{ORIGIN}"])
def test_an_allowed_origin_may_have_space_around(value: str) -> None:
    assert passes_cors_check(lines(ALLOW_ORIGIN, value), ORIGIN)


@pytest.mark.parametrize(
    "value",
    [
        f"http://www.{HOST}",
        f"//{HOST}",
        f"://{HOST}",
        f"ftp://{HOST}",
        f"http:://{HOST}",
        f"http:/{HOST}",
        f"http:{HOST}",
        HOST,
        f"{ORIGIN}?",
        f"{ORIGIN}/",
        f"{ORIGIN} /",
        f"{ORIGIN}#",
        f"{ORIGIN}%23",
        f"{ORIGIN}:80",
        f"{ORIGIN}, *",
        f"{ORIGIN}\0",
        ORIGIN.upper(),
        f"HTTP://{HOST}",
        "-",
        "**",
        "\0*",
        "*\0",
        "'*'",
        '"*"',
        "* *",
        "* null",
        "*http://*",
        f"*{ORIGIN}",
        f"* {ORIGIN}",
        f"*, {ORIGIN}",
        f"\0{ORIGIN}",
        f"null {ORIGIN}",
        "http://example.net",
        "null",
        "null *",
        "",
        f"{ORIGIN}/cors/origin.htm",
        f"{ORIGIN}/cors/",
        "http://www1.web-platform.test:8001",
        "test:8000",
        ".test:8000",
        "*.test:8000",
        "http://test:8000",
        "http://.test:8000",
        "http://*.test:8000",
        "\x0b*",
        "*\x0c",
        "https://web-platform.test:8000",
        "http://web-platform.test",
    ],
)
def test_any_other_value_does_not_allow_the_origin(value: str) -> None:
    assert not passes_cors_check(lines(ALLOW_ORIGIN, value), ORIGIN)


@pytest.mark.parametrize(
    "values", [("", "*"), ("*", ""), ("*", "*"), ("", ORIGIN), ("*", ORIGIN), (ORIGIN, ORIGIN), (ORIGIN, "null")]
)
def test_two_lines_that_allow_an_origin_allow_none(values: tuple[str, str]) -> None:
    assert not passes_cors_check(lines(ALLOW_ORIGIN, *values), ORIGIN)


def test_no_line_allows_no_origin_and_names_have_no_letter_case() -> None:
    assert not passes_cors_check(HeaderList([]), ORIGIN)
    assert passes_cors_check(lines("ACCESS-control-allow-ORIGIN", "*"), ORIGIN)


# --- cors/access-control-expose-headers-parsing.window.js, cors/response-headers.htm


@pytest.mark.parametrize(
    ("values", "readable"),
    [
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
        (("'bb-8'",), False),
        (('"bb-8"',), False),
        (("bb-8;date",), False),
        (("bb-8 date",), False),
        (("**",), False),
        (("bb-*",), False),
        (("",), False),
        ((), False),
    ],
)
def test_several_lines_of_exposed_headers_are_one_list_and_one_bad_name_spoils_it(
    values: tuple[str, ...], readable: bool
) -> None:
    assert unreadable(lines(EXPOSE, *values), ["BB-8"]) == ([] if readable else ["BB-8"])


@pytest.mark.parametrize(
    "name",
    ["Cache-Control", "Content-Language", "Content-Length", "Content-Type", "Expires", "Last-Modified", "Pragma"],
)
def test_a_safelisted_header_is_readable_whatever_is_exposed(name: str) -> None:
    assert unreadable(HeaderList([]), [name, name.lower()]) == []
    assert unreadable(lines(EXPOSE, "not a list"), [name]) == []


@pytest.mark.parametrize("name", ["Server", "X-Powered-By", "ETag", "Date"])
def test_other_headers_are_not_readable_by_default(name: str) -> None:
    assert unreadable(HeaderList([]), [name]) == [name]


@pytest.mark.parametrize("exposed", ["*", "set-cookie, set-cookie2"])
def test_cookies_are_never_readable(exposed: str) -> None:
    assert unreadable(lines(EXPOSE, exposed), ["Set-Cookie", "set-cookie2"]) == ["Set-Cookie", "set-cookie2"]


# --- cors/preflight-failure.htm, fetch/api/cors/cors-preflight-star.any.js, cors-preflight-response-validation.any.js


def preflight(method: str, unsafe: list[str], *fields: tuple[str, str], status: int = 200) -> str | None:
    return preflight_problem(status, HeaderList([(ALLOW_ORIGIN, "*"), *fields]), ORIGIN, method, unsafe)


@pytest.mark.parametrize("status", [200, 201, 204, 206, 299])
def test_a_preflight_succeeds_with_any_status_of_success(status: int) -> None:
    assert preflight("GET", ["x-test"], (ALLOW_HEADERS, "x-test"), status=status) is None


@pytest.mark.parametrize(
    "status", [300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 417, 500, 501, 503, 680, 790]
)
def test_a_preflight_fails_with_any_other_status(status: int) -> None:
    assert preflight("GET", ["x-test"], (ALLOW_HEADERS, "x-test"), status=status) == f"is answered with {status}"


@pytest.mark.parametrize(
    ("methods", "headers", "method", "unsafe"),
    [
        ("get", "x-test", "GET", "X-Test"),
        ("", "x-test", "HEAD", "X-Test"),
        ("*", "x-test", "SUPER", "X-Test"),
        ("*", "*", "OK", "X-Test"),
        ("PUT", "*", "PUT", "x-test"),
        ("DELETE , PUT", "a,X-TEST", "PUT", "x-test"),
        ("*", "authorization", "GET", "Authorization"),
        ("*", "*, Authorization", "GET", "authorization"),
    ],
)
def test_a_preflight_allows_methods_and_headers_by_name_or_by_star(
    methods: str, headers: str, method: str, unsafe: str
) -> None:
    assert preflight(method, [unsafe], (ALLOW_METHODS, methods), (ALLOW_HEADERS, headers)) is None


@pytest.mark.parametrize(
    ("methods", "headers", "method", "unsafe", "problem"),
    [
        ("put", "*", "PUT", "x-test", "does not allow the method PUT"),
        ("", "*", "PUT", "x-test", "does not allow the method PUT"),
        ("GET", "*", "PATCH", "x-test", "does not allow the method PATCH"),
        ("GET", "x-other", "GET", "x-test", "does not allow the header x-test"),
        ("GET", "", "GET", "x-test", "does not allow the header x-test"),
        ("GET", "x-*", "GET", "x-test", "does not allow the header x-test"),
        ("GET", "*", "GET", "Authorization", "does not allow the header Authorization"),
        ("GET", "x-test,header name with space", "GET", "x-test", "cannot be read"),
        ("Bad method name", "x-test", "GET", "x-test", "cannot be read"),
    ],
)
def test_a_preflight_that_stops_the_request_says_why(
    methods: str, headers: str, method: str, unsafe: str, problem: str
) -> None:
    found = preflight(method, [unsafe], (ALLOW_METHODS, methods), (ALLOW_HEADERS, headers))
    assert found is not None
    assert problem in found


def test_several_lines_of_allowed_headers_and_methods_are_one_list() -> None:
    fields = [(ALLOW_HEADERS, "x-one"), (ALLOW_HEADERS, "x-two"), (ALLOW_METHODS, "GET"), (ALLOW_METHODS, "PUT")]
    assert preflight("PUT", ["x-one", "x-two"], *fields) is None


def test_a_preflight_without_the_allowed_lists_allows_what_needs_no_leave() -> None:
    assert preflight("GET", []) is None
    assert preflight("PUT", []) == "does not allow the method PUT"
    assert preflight("GET", ["x-test"]) == "does not allow the header x-test"


def test_a_preflight_needs_the_origin_too() -> None:
    twice = HeaderList([(ALLOW_ORIGIN, "*"), (ALLOW_ORIGIN, "*"), (ALLOW_HEADERS, "*")])
    assert preflight_problem(200, twice, ORIGIN, "GET", ["x-test"]) == "does not allow the origin"
