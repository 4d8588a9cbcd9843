"""Limiting the speed of bodies, whichever operation sends or receives them.

Only bodies are counted, not listings or the answer to a HEAD.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from galleria_storage.s3.pace import Pace


class PacedSession:
    """Wraps a client's HTTP session and slows down the bodies of requests and of streamed answers.

    Parameters
    ----------
    session
        Sends requests (`http_session.HttpSession`, `botocore.httpsession.URLLib3Session`).
    pace
        How fast; other clients may share it.
    """

    def __init__(self, session: Any, pace: "Pace") -> None:
        self._session = session
        self._pace = pace

    def send(self, request: Any) -> Any:
        """Send a request; its body is put back afterwards, since a repeated request rewinds it."""
        body = request.body
        if body:
            request.body = _Paced(_stream(body), self._pace)
        try:
            answer = self._session.send(request)
        finally:
            request.body = body
        if request.stream_output:
            answer.raw = _Paced(answer.raw, self._pace)
        return answer

    def close(self) -> None:
        """Close all connections."""
        self._session.close()


class _Paced:
    """A stream that is read in small pieces, each in its turn; all other calls go to the stream itself."""

    def __init__(self, stream: Any, pace: "Pace") -> None:
        self._stream = stream
        self._pace = pace

    def read(self, size: int | None = -1, **how: Any) -> bytes:
        """Read a piece, or all that is left if no size is given."""
        if size is None or size < 0:
            return b"".join(iter(lambda: self.read(self._pace.piece, **how), b""))
        data: bytes = self._stream.read(min(size, self._pace.piece), **how)
        self._pace.take(len(data))
        return data

    def readinto(self, buffer: Any) -> int:
        """Read a piece into the buffer."""
        count: int = self._stream.readinto(memoryview(buffer)[: self._pace.piece])
        self._pace.take(count)
        return count

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _stream(body: Any) -> Any:
    import io  # noqa: PLC0415 # with a limit alone

    return body if hasattr(body, "read") else io.BytesIO(body.encode() if isinstance(body, str) else body)


def pace_bodies(client: "S3Client", pace: "Pace") -> None:
    """Limit the speed of a client's bodies."""
    endpoint = client._endpoint  # type: ignore[attr-defined] # noqa: SLF001 # the one place that sends
    endpoint.http_session = PacedSession(endpoint.http_session, pace)
