"""Only the browser that opened the one-time address reaches the light table."""

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from galleria_cli.lighttable.guard import Guard

HOME = "http://127.0.0.1:8123"


def _answer(_: Request) -> PlainTextResponse:
    return PlainTextResponse("the table")


@pytest.fixture
def guard() -> Guard:
    app = Starlette(routes=[Route("/", _answer), Route("/api", _answer, methods=["GET", "POST", "PUT", "DELETE"])])
    return Guard(app, 8123)


@pytest.fixture
def stranger(guard: Guard) -> TestClient:
    return TestClient(guard, HOME)


@pytest.fixture
def guest(guard: Guard) -> TestClient:
    client = TestClient(guard, HOME)
    assert client.get(f"/?token={guard.token}").text == "the table"
    return client


def test_the_address_works_once(guard: Guard) -> None:
    address = f"/?token={guard.token}"
    assert TestClient(guard, HOME).get(address).status_code == 200
    assert TestClient(guard, HOME).get(address).status_code == 401


def test_a_wrong_token_opens_nothing_and_leaves_the_address_as_it_is(guard: Guard, stranger: TestClient) -> None:
    token = guard.token
    assert stranger.get("/?token=").status_code == 401
    assert stranger.get(f"/?token={token[:-1]}").status_code == 401
    assert stranger.get(f"/?token={token}").text == "the table"


@pytest.mark.parametrize("path", ["/", "/api", "/?token=x", "/nothing"])
def test_without_the_cookie_there_is_nothing(stranger: TestClient, path: str) -> None:
    assert stranger.get(path).status_code == 401


def test_the_cookie_is_for_this_server_and_no_script(guard: Guard, stranger: TestClient) -> None:
    answer = stranger.get(f"/?token={guard.token}", follow_redirects=False)
    assert answer.headers["location"] == "/"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "galleria-look-8123=" in cookie


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:81", "127.0.0.1:8123.evil.example", ""])
def test_another_host_is_refused_even_with_the_cookie(guest: TestClient, host: str) -> None:
    assert guest.get("/", headers={"Host": host}).status_code == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "https://127.0.0.1:8123", "http://127.0.0.1:81", "null"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_another_origin_is_refused_even_with_the_cookie(guest: TestClient, origin: str, method: str) -> None:
    assert guest.request(method, "/api", headers={"Origin": origin}).status_code == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_change_needs_the_pages_own_origin(guest: TestClient, method: str) -> None:
    assert guest.request(method, "/api").status_code == 403
    assert guest.request(method, "/api", headers={"Origin": HOME}).status_code == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_another_page_embeds_is_refused(guest: TestClient, site: str) -> None:
    assert guest.get("/api", headers={"Sec-Fetch-Site": site}).status_code == 403


def test_every_answer_forbids_inline_code_and_other_places(guest: TestClient, stranger: TestClient) -> None:
    for answer in (guest.get("/"), stranger.get("/"), guest.get("/nothing")):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
