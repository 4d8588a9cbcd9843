"""An HTTP server on loopback that gives the answers it was told to, one after the other, and keeps the requests."""

import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Request(NamedTuple):
    """What came in; names of headers in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Script:
    """Answers that are still to be given (status, headers, body; None: the connection is closed), and what came in."""

    url: str = ""
    answers: deque[tuple[int, dict[str, str], bytes] | None] = field(default_factory=deque)
    requests: list[Request] = field(default_factory=list)

    def say(self, status: int, body: str = "", **headers: str) -> None:
        """Add an answer; ``_`` in a header's name stands for ``-``."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers.append((status, named, body.encode()))

    def hang_up(self) -> None:
        """Close the connection in place of the next answer."""
        self.answers.append(None)


@contextmanager
def scripted_server() -> Iterator[Script]:
    """Run such a server; more requests than answers are answered with 500."""
    script = Script()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 10

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            script.requests.append(Request(self.command, self.path, headers, body))
            told = script.answers.popleft() if script.answers else (500, {}, b"")
            if told is None:
                self.close_connection = True
                return
            status, more, content = told
            self.send_response(status)
            for name, value in {**more, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_PUT = do_HEAD = answer  # noqa: N815 # the names that http.server looks for

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # its signature
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    script.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
