"""An answer is judged as the Fetch standard says."""

import pytest

from galleria_storage.cors.fetch_standard import HeaderList, passes_cors_check, preflight_problem, unreadable
from tests.support.cors.cors_answers import (
    ALLOW_HEADERS,
    ALLOW_ORIGIN,
    EXPOSE,
    EXPOSED,
    PREFLIGHTS,
    Preflight,
    allowed_origins,
    refused_origins,
)

ORIGIN = "http://web-platform.test:8000"


def lines(name: str, *values: str) -> HeaderList:
    return HeaderList([(name, value) for value in values])


@pytest.mark.parametrize("values", allowed_origins(ORIGIN))
def test_an_allowed_origin_may_have_space_around(values: tuple[str, ...]) -> None:
    assert passes_cors_check(lines(ALLOW_ORIGIN, *values), ORIGIN)


@pytest.mark.parametrize("values", refused_origins(ORIGIN))
def test_any_other_value_and_any_second_line_do_not_allow_the_origin(values: tuple[str, ...]) -> None:
    assert not passes_cors_check(lines(ALLOW_ORIGIN, *values), ORIGIN)


def test_no_line_allows_no_origin_and_names_have_no_letter_case() -> None:
    assert not passes_cors_check(HeaderList([]), ORIGIN)
    assert passes_cors_check(lines("ACCESS-control-allow-ORIGIN", "*"), ORIGIN)


@pytest.mark.parametrize(("values", "readable"), EXPOSED)
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


@pytest.mark.parametrize("case", PREFLIGHTS)
def test_a_preflight_lets_the_request_go_or_says_what_stops_it(case: Preflight) -> None:
    headers = HeaderList([(ALLOW_ORIGIN, "*"), *case.fields])
    found = preflight_problem(case.status, headers, ORIGIN, case.method, [case.unsafe])
    assert bool(found) is bool(case.problem)
    assert case.problem in (found or "")


def test_a_preflight_without_the_allowed_lists_allows_what_needs_no_leave() -> None:
    allowing = lines(ALLOW_ORIGIN, "*")
    assert preflight_problem(200, allowing, ORIGIN, "GET", []) is None
    assert preflight_problem(200, allowing, ORIGIN, "PUT", []) == "does not allow the method PUT"


def test_a_preflight_needs_the_origin_too() -> None:
    twice = HeaderList([(ALLOW_ORIGIN, "*"), (ALLOW_ORIGIN, "*"), (ALLOW_HEADERS, "*")])
    assert preflight_problem(200, twice, ORIGIN, "GET", ["x-test"]) == "does not allow the origin"


def test_the_error_names_the_first_entry_that_is_not_a_name() -> None:
    with pytest.raises(ValueError, match=r"holds 'a b', which"):
        lines(EXPOSE, "ETag, a b, c d").names(EXPOSE)
