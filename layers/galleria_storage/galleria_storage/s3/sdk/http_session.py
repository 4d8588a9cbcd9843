"""How requests are sent and answers received, below botocore: by urllib3 and Python's own `http.client`.

- botocore reads every answer that it does not stream to its end, however long
  it is and however slowly it arrives; its read timeout counts from one byte to
  the next. Here such answers have limits. Answers to GetObject are streamed, so
  limiting them is up to the caller; refusals of a GET are not streamed.
- botocore sends `Expect: 100-continue` with each body that is a file, however
  small, then waits for the interim answer, which it reads byte by byte. Here permission is only asked for if that is
  worth a round trip. AWS's SDKs for other languages do so from 2 MiB on (aws-sdk-go-v2, `s3.Options`,
  ContinueHeaderThresholdBytes).
- `StreamingBody.readinto` of botocore goes through urllib3, which reads into
  new bytes first and copies those (`urllib3.response.BaseHTTPResponse.readinto`),
  with two system calls for each piece. Below both is the answer of Python's
  `http.client`, whose `readinto` receives into the buffer itself.
"""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

#: The largest listing, 1,000 keys of 1,024 bytes, each escaped threefold, is 4 MB; JuiceFS lists 4,500.
MAX_BYTES: Final = 32 * 1024 * 1024
MAX_SECONDS: Final = 120.0
#: A smaller body is sent at once; a refusal then costs no more than that body.
EXPECT_BYTES: Final = 2 * 1024 * 1024
_PIECE: Final = 64 * 1024

Read = Callable[[memoryview], int]


class HttpSession:
    """Replaces botocore's HTTP session: asks only before a large body, and reads answers within limits.

    Parameters
    ----------
    session
        Sends requests (`botocore.httpsession.URLLib3Session`).
    max_bytes, max_seconds
        Of one answer's body.
    clock
        Seconds that never go back.
    """

    def __init__(
        self,
        session: Any,
        max_bytes: int = MAX_BYTES,
        max_seconds: float = MAX_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session = session
        self._max_bytes = max_bytes
        self._max_seconds = max_seconds
        self._clock = clock

    def send(self, request: Any) -> Any:
        """Send a request; a body that is not streamed is in the answer, where botocore expects it."""
        if "Expect" in request.headers and _is_small(request.headers):
            del request.headers["Expect"]
        streamed, request.stream_output = request.stream_output, True
        try:
            answer = self._session.send(request)
        finally:
            request.stream_output = streamed
        if not streamed or answer.status_code >= 300:  # noqa: PLR2004 # what is refused is not streamed
            _acknowledge(answer.raw)
            answer._content = self._read(answer.raw, request)  # noqa: SLF001 # where AWSResponse keeps it
        answer.headers = answer.raw.headers  # botocore's copy of them is slower to search
        return answer

    def close(self) -> None:
        """Close all connections."""
        self._session.close()

    def _read(self, raw: Any, request: Any) -> bytes:
        from botocore import exceptions  # noqa: PLC0415 # lazy: importing botocore is slow
        from urllib3.exceptions import ProtocolError, ReadTimeoutError  # noqa: PLC0415 # the same

        body, end = bytearray(), self._clock() + self._max_seconds
        try:
            for piece in _pieces(raw):
                body += piece
                if len(body) > self._max_bytes or self._clock() > end:
                    raw.close()
                    raise exceptions.HTTPClientError(error="the answer does not end")
        except ReadTimeoutError as error:  # as botocore's own session has it
            raise exceptions.ReadTimeoutError(endpoint_url=request.url, error=error) from error
        except ProtocolError as error:
            raise exceptions.ConnectionClosedError(endpoint_url=request.url, request=request, error=error) from error
        return bytes(body)


def _is_small(headers: Any) -> bool:
    """Whether a body is known to be small; the length of one with a trailing checksum is in another header."""
    length = headers.get("X-Amz-Decoded-Content-Length") or headers.get("Content-Length")
    return length is not None and int(length) < EXPECT_BYTES


def _acknowledge(raw: Any) -> None:
    """Have the kernel acknowledge the headers at once (tcp(7), TCP_QUICKACK; Linux).

    A server that sends headers and body one after the other, as Ceph does, may wait for that before it sends the
    body (Nagle's algorithm), and the kernel for more to acknowledge: 40 ms for nothing.
    """
    connected = getattr(getattr(raw, "_connection", None), "sock", None)
    if connected is not None and hasattr(socket, "TCP_QUICKACK"):
        with suppress(OSError):
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


def _pieces(raw: Any) -> Iterator[bytes]:
    """Yield the body as it arrives; urllib3 2.1 and later need not wait for a whole piece."""
    if not hasattr(raw, "read1"):
        yield from raw.stream(_PIECE)
        return
    while piece := raw.read1(_PIECE):
        yield piece


def take_over_http(client: "S3Client") -> None:
    """Make a client send its requests through an `HttpSession`."""
    endpoint = client._endpoint  # type: ignore[attr-defined] # noqa: SLF001 # the one place that sends
    endpoint.http_session = HttpSession(endpoint.http_session)


def straight_reader(body: Any) -> Read:
    """Return a function that reads like `body.readinto`, but without detours if the body allows it.

    Only a plain, unread body with a known length does. A body whose checksum
    botocore compares must be read through botocore, and so must anything that
    urllib3 2 did not build.

    Parameters
    ----------
    body
        The `Body` of an answer to GetObject.

    Returns
    -------
    Callable
        Fills a buffer as far as it can and returns the number of bytes, 0 at
        the end; the caller must notice an early end. After the last byte the
        connection is free for the next request.
    """
    from http.client import HTTPResponse  # noqa: PLC0415 # lazy: comes with boto3

    from botocore.response import StreamingBody  # noqa: PLC0415 # lazy: importing botocore is slow
    from urllib3.response import HTTPResponse as PooledResponse  # noqa: PLC0415 # the same

    public: Read = getattr(body, "readinto", None) or _by_read(body)  # botocore before 1.38.21 has none
    pooled = getattr(body, "_raw_stream", None)
    if type(body) is not StreamingBody or type(pooled) is not PooledResponse or pooled.tell():
        return public
    answer = getattr(pooled, "_fp", None)
    if type(answer) is not HTTPResponse or answer.chunked or answer.length is None:
        return public

    def read(buffer: memoryview) -> int:
        count: int = answer.readinto(buffer)
        if answer.isclosed():
            pooled.release_conn()
        return count

    return read


def _by_read(body: Any) -> Read:
    def read(buffer: memoryview) -> int:
        data = body.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    return read


def breaks() -> tuple[type[Exception], ...]:
    """Return what reading a body raises when the connection breaks, apart from botocore's own errors."""
    from http.client import HTTPException  # noqa: PLC0415 # lazy: comes with boto3

    from urllib3.exceptions import HTTPError  # noqa: PLC0415 # the same

    return HTTPError, HTTPException, OSError
