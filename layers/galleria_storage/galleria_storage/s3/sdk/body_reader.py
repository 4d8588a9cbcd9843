"""Read the body of an answer straight into a buffer.

`StreamingBody.readinto` of botocore goes through urllib3, which reads into
new bytes first and copies those (`urllib3.response.BaseHTTPResponse.readinto`),
with two system calls for each piece. Below both is the answer of Python's
own `http.client`, whose `readinto` receives into the buffer itself.
"""

from collections.abc import Callable
from typing import Any

Read = Callable[[memoryview], int]


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

    from urllib3.exceptions import HTTPError  # noqa: PLC0415 # lazy: comes with boto3

    return HTTPError, HTTPException, OSError
