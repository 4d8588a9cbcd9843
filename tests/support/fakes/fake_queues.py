"""Two queues of SQS as Lambda's poller and a function see them: visibility, receive counts, a dead-letter queue.

For many thousands of messages, at which the emulators become slow. What a function asks for goes over HTTP, in the
service's own JSON protocol; what Lambda's poller does is called directly. Source: SQS API Reference.
"""

import hashlib
import heapq
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from itertools import count
from typing import Any, Final

from tests.support.servers.web import serving

ACCOUNT: Final = "123456789012"
NAME: Final = "publish"


@dataclass
class Message:
    """A message of the queue; its receipt changes with every delivery, as SQS's does."""

    body: str
    name: str
    received: int = 0
    receipt: str = ""


@dataclass
class FakeQueues:
    """A queue before a function, and the one that it gives messages up to.

    Attributes
    ----------
    visibility_seconds, most_receives
        As the template has them.
    endpoint
        Of the service.
    failures
        Bodies in the dead-letter queue.
    most_received
        How often the message was delivered that was delivered most often.
    """

    visibility_seconds: int
    most_receives: int
    endpoint: str = ""
    failures: list[str] = field(default_factory=list)
    most_received: int = 0

    def __post_init__(self) -> None:
        self._numbers = count()
        self._lock = threading.Lock()
        self._messages: dict[str, Message] = {}
        self._visible_at: list[tuple[float, int, str, str]] = []  # when, in which order, message, receipt

    @property
    def url(self) -> str:
        """URL of the queue."""
        return f"{self.endpoint}/{ACCOUNT}/{NAME}"

    @property
    def failure_url(self) -> str:
        """URL of the dead-letter queue."""
        return f"{self.endpoint}/{ACCOUNT}/failures"

    def __len__(self) -> int:
        return len(self._messages)

    def send(self, body: str) -> str:
        """Take a message; return its id."""
        with self._lock:
            message = Message(body, f"message-{next(self._numbers)}")
            self._messages[message.name] = message
            self._show(message, 0)
            return message.name

    def receive(self) -> dict[str, Any] | None:
        """Deliver a message as Lambda hands it to a function, or nothing if none is visible."""
        with self._lock:
            while self._visible_at and self._visible_at[0][0] <= time.monotonic():
                *_, name, receipt = heapq.heappop(self._visible_at)
                message = self._messages.get(name)
                if not message or message.receipt != receipt:
                    continue  # it was deleted, or put off to another time
                if message.received >= self.most_receives:
                    self.failures.append(self._messages.pop(name).body)
                    continue
                message.received += 1
                self.most_received = max(self.most_received, message.received)
                self._show(message, self.visibility_seconds)
                return _record(message)
        return None

    def delete(self, record: dict[str, Any]) -> None:
        """Delete what was delivered."""
        with self._lock:
            self._messages.pop(record["messageId"], None)

    def answer(self, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        """Do what a function asks for."""
        if operation == "ChangeMessageVisibility":
            with self._lock:
                message = self._messages[asked["ReceiptHandle"].partition("/")[0]]
                assert message.receipt == asked["ReceiptHandle"]
                self._show(message, asked["VisibilityTimeout"])
            return {}
        assert (operation, asked["QueueUrl"]) == ("SendMessage", self.failure_url)
        self.failures.append(asked["MessageBody"])
        digest = hashlib.md5(asked["MessageBody"].encode(), usedforsecurity=False).hexdigest()
        return {"MessageId": f"failure-{len(self.failures)}", "MD5OfMessageBody": digest}

    def _show(self, message: Message, seconds: float) -> None:
        """Make a message visible after some seconds, and at no other time."""
        number = next(self._numbers)
        message.receipt = f"{message.name}/{number}"
        heapq.heappush(self._visible_at, (time.monotonic() + seconds, number, message.name, message.receipt))


def _record(message: Message) -> dict[str, Any]:
    return {
        "messageId": message.name,
        "receiptHandle": message.receipt,
        "body": message.body,
        "attributes": {"ApproximateReceiveCount": str(message.received)},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:us-east-1:{ACCOUNT}:{NAME}",
        "awsRegion": "us-east-1",
    }


@contextmanager
def queues(visibility_seconds: int, most_receives: int) -> Iterator[FakeQueues]:
    """Run the service."""
    both = FakeQueues(visibility_seconds, most_receives)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body = json.dumps(both.answer(self.headers["X-Amz-Target"].removeprefix("AmazonSQS."), asked)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with serving(Handler) as both.endpoint:
        yield both
