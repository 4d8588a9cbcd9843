"""Limits on the size and duration of answers that are read into memory.

botocore reads every answer that it does not stream to its end, however long
it is and however slowly it arrives; its read timeout counts from one byte to
the next. Answers to GetObject are streamed, so limiting them is up to the
caller; refusals of a GET are not streamed.
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
_PIECE: Final = 64 * 1024


class BoundedSession:
    """Takes the place of botocore's HTTP session and reads its answers within limits.

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
        streamed, request.stream_output = request.stream_output, True
        try:
            answer = self._session.send(request)
        finally:
            request.stream_output = streamed
        if not streamed or answer.status_code >= 300:  # noqa: PLR2004 # what is refused is not streamed
            _acknowledge(answer.raw)
            answer._content = self._read(answer.raw, request)  # noqa: SLF001 # where AWSResponse keeps it
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


def bound_answers(client: "S3Client") -> None:
    """Limit the answers that a client reads."""
    endpoint = client._endpoint  # type: ignore[attr-defined] # noqa: SLF001 # the one place that sends
    endpoint.http_session = BoundedSession(endpoint.http_session)
