"""The embedded AWS server: moto's, on the loopback interface and a free port, closed to web pages.

A page in a browser can send requests to the loopback interface, and moto would answer whatever Origin it sees. No SDK
or command line sends an Origin, so requests made by a page are refused, and so are requests under another host's name
(DNS rebinding).
"""

import logging
import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

from galleria_storage.errors import SettingsError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_ADDRESS: Final = "127.0.0.1"
#: Sec-Fetch-Site of an address that a person opened, or of a client that is not a browser.
_NOT_A_PAGE: Final = frozenset({"", "none"})


class LoopbackServer:
    """A server in a thread of this process.

    Attributes
    ----------
    endpoint
        Its URL, once it has started.
    """

    def __init__(self) -> None:
        self._server: Any = None
        self._thread: threading.Thread | None = None
        self.endpoint = ""

    def start(self) -> None:
        """Start serving.

        Raises
        ------
        SettingsError
            The packages of the extra `local` are missing.
        """
        make_server, application, request_handler = _parts()
        logging.getLogger("werkzeug").setLevel(logging.ERROR)  # one line per request otherwise
        app = closed_to_pages(application)
        self._server = make_server(_ADDRESS, 0, app, threaded=True, request_handler=request_handler)
        self.endpoint = f"http://{_ADDRESS}:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop serving, and drop everything that is stored."""
        if self._server and self._thread:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()


def closed_to_pages(app: "WSGIApplication") -> "WSGIApplication":
    """Refuse requests made by a page in a browser, or sent under another host's name."""

    def guarded(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if _is_from_a_page(environ):
            body = b"This server is for programs on this computer, not for web pages.\n"
            start_response("403 Forbidden", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
            return [body]
        return app(environ, start_response)

    return guarded


def _is_from_a_page(environ: "WSGIEnvironment") -> bool:
    host = environ.get("HTTP_HOST", "").rpartition(":")[0]
    own_name = host in {_ADDRESS, "localhost"} or host.endswith(".localhost")  # the bucket may be in the name
    return not own_name or "HTTP_ORIGIN" in environ or environ.get("HTTP_SEC_FETCH_SITE", "") not in _NOT_A_PAGE


def _parts() -> tuple[Callable[..., Any], "WSGIApplication", Any]:
    try:
        from moto.moto_server.werkzeug_app import (  # noqa: PLC0415 # belongs to the extra `local`
            DomainDispatcherApplication,
            MotoRequestHandler,
            create_backend_app,
        )
        from werkzeug.serving import make_server  # noqa: PLC0415 # the same
    except ImportError as error:
        raise SettingsError(
            f"the embedded server is not installed ({error.name} is missing)",
            advice="Install it: pip install 'galleria-storage[local]'.",
        ) from error
    return make_server, DomainDispatcherApplication(create_backend_app), MotoRequestHandler
