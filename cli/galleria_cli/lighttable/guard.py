"""Who may talk to the light table: only its own page, opened with the one-time link.

Any page in any browser can send requests to the loopback interface. Such a request arrives with that page's Origin,
or under another host's name (DNS rebinding), and never with the session's cookie: it is `SameSite=Strict`.
"""

import secrets
from typing import TYPE_CHECKING, Final

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

ADDRESS: Final = "127.0.0.1"
_NAMES: Final = (ADDRESS, "localhost")
_OWN_SITES: Final = frozenset({"", "none", "same-origin"})
#: No inline code, nothing from elsewhere, and no text that becomes code: W3C Content Security Policy 3, Trusted Types.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Guard:
    """ASGI middleware that lets in one browser.

    Parameters
    ----------
    app
        What it protects.
    port
        Where the server listens; part of the allowed Host and Origin, and of the cookie's name.

    Attributes
    ----------
    token
        Opens the table once: ``/?token=…`` exchanges it for the session's cookie.
    """

    def __init__(self, app: "ASGIApp", port: int) -> None:
        self._app = app
        self._hosts = frozenset(f"{name}:{port}" for name in _NAMES)
        self._origins = frozenset(f"http://{host}" for host in self._hosts)
        self._cookie = f"galleria-look-{port}"  # cookies do not tell ports apart
        self._session = secrets.token_urlsafe(32)
        self.token = secrets.token_urlsafe(32)

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer, or let the app answer, with headers that confine the page to its own origin."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = self._refusal(Request(scope)) or self._app
        await answer(scope, receive, _protected(send))

    def _refusal(self, request: Request) -> Response | None:
        """Return the refusal of a request; None if it may pass."""
        if why := self._stranger(request):
            return _refuse(why)
        if request.url.path == "/" and request.method == "GET" and "token" in request.query_params:
            return self._opened(request.query_params["token"])
        if request.headers.get("sec-fetch-site", "") not in _OWN_SITES:
            return _refuse("This server answers only its own page.")
        if not _same(request.cookies.get(self._cookie, ""), self._session):
            return _refuse("Open the address that `galleria-storage look` printed.", 401)
        return None

    def _stranger(self, request: Request) -> str:
        """Say why a request counts as coming from elsewhere; empty if it does not."""
        origin = request.headers.get("origin", "")
        if request.headers.get("host", "") not in self._hosts:
            return "This server answers only under its own address."
        if origin and origin not in self._origins:
            return "This server answers only its own page."
        if request.method not in {"GET", "HEAD"} and not origin:
            return "Only the page itself may change something."
        return ""

    def _opened(self, token: str) -> Response:
        if not self.token or not _same(token, self.token):
            return _refuse("This address was opened before. Run `galleria-storage look` again for a new one.", 401)
        self.token = ""
        answer = RedirectResponse("/", 303)
        answer.set_cookie(self._cookie, self._session, httponly=True, samesite="strict", path="/")
        return answer


def _protected(send: "Send") -> "Send":
    async def with_headers(message: "Message") -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update(_HEADERS)
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return with_headers


def _refuse(why: str, status: int = 403) -> Response:
    return PlainTextResponse(f"{why}\n", status)


def _same(one: str, other: str) -> bool:
    return secrets.compare_digest(one.encode(), other.encode())
