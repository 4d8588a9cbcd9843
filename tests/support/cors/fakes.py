"""A provider that keeps CORS rules in memory, and a web server whose answers a test chooses."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

from botocore.exceptions import ClientError

from galleria_storage.s3.access import BucketAccess
from galleria_storage.s3.clients import Connection
from galleria_storage.s3.profiles import PROFILES
from tests.support.servers.web import serving

Rules = list[dict[str, Any]]


def refusal(operation: str, code: str, status: int) -> ClientError:
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, operation)


class FakeProvider:
    """Stands for boto3's client: one bucket's rules, what was written, and what is answered with an error.

    `stale` says how many reads after a write still give the old rules, `afterwards` changes what a write left,
    `first_answer` is given once in place of the rules.
    """

    def __init__(self, rules: Rules | None = None, profile: str = "aws") -> None:
        self.rules = rules
        self.profile = profile
        self.written: list[Rules] = []
        self.refuse: dict[str, ClientError] = {}
        self.stale = 0
        self.first_answer: Rules | None = None
        self.afterwards: Callable[[Rules], Rules] = lambda rules: rules
        self._old: Rules | None = None

    def connect(self, access: BucketAccess) -> Connection:
        return Connection(self, access.bucket, PROFILES[self.profile])

    def get_bucket_cors(self, **request: Any) -> dict[str, Any]:
        del request
        if error := self.refuse.get("GetBucketCors"):
            raise error
        rules = self.rules
        if self.first_answer is not None:
            rules, self.first_answer = self.first_answer, None
        if self.stale and self.written:
            self.stale, rules = self.stale - 1, self._old
        if not rules:  # no server answers with none
            raise refusal("GetBucketCors", "NoSuchCORSConfiguration", 404)
        return {"CORSRules": rules}

    def put_bucket_cors(self, **request: Any) -> None:
        rules = request["CORSConfiguration"]["CORSRules"]
        if error := self.refuse.get("PutBucketCors"):
            raise error
        self.written.append(rules)
        self._old, self.rules = self.rules, self.afterwards(rules)


@contextmanager
def web_server(
    answers: Callable[[str, dict[str, str]], tuple[int, "dict[str, str] | list[tuple[str, str]]"]], body: bytes = b""
) -> Iterator[str]:
    """Serve what `answers(method, request headers) -> (status, headers)` says; give the URL of a photo."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            status, headers = answers(self.command, {name.lower(): value for name, value in self.headers.items()})
            self.send_response(status)
            for name, value in headers.items() if isinstance(headers, dict) else headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_GET = do_HEAD = do_OPTIONS = answer  # noqa: N815 # http.server names them so

        def log_message(self, *_: object) -> None:
            pass

    with serving(Handler) as url:
        yield f"{url}/photos/one.jpg?size=2"
