"""A client that makes three requests itself and leaves all others to boto3's client."""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from galleria_cli.direct.requests import DirectRequests, UnansweredError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class DirectClient:
    """Replaces boto3's client for one bucket; that is made only when it is needed for another operation.

    Parameters
    ----------
    bucket, requests
        The bucket, and the requests that need no SDK.
    endpoint_url
        Of the provider.
    make
        Makes boto3's client; gets the number of attempts made without it.
    """

    def __init__(
        self, bucket: str, requests: DirectRequests, endpoint_url: str, make: "Callable[[int], S3Client]"
    ) -> None:
        self._bucket = bucket
        self._requests = requests
        self._make = make
        self._lock = threading.Lock()
        self._made: dict[int, S3Client] = {}
        self.meta = _Meta(endpoint_url, self)

    def __getattr__(self, name: str) -> Any:
        """Return the attribute of boto3's client."""
        return getattr(self.whole, name)

    @property
    def whole(self) -> "S3Client":
        """boto3's client."""
        return self._after(0)

    def _after(self, tries: int) -> "S3Client":
        """Return boto3's client for a request that was tried so often already."""
        with self._lock:
            if tries not in self._made:
                self._made[tries] = self._make(tries)
            return self._made[tries]

    def put_object(self, **arguments: Any) -> Any:
        """PutObject of boto3's client."""
        rest = dict(arguments)
        bucket, key, body = rest.pop("Bucket"), rest.pop("Key"), rest.pop("Body", b"")
        sha256 = getattr(body, "sha256", "")
        if bucket != self._bucket or not (isinstance(sha256, str) and sha256):
            return self.whole.put_object(**arguments)
        rest.pop("ContentLength", None)
        body.sending = True
        answer, tries = _tried(lambda: self._requests.put(key, body, sha256, rest))
        if answer is not None:
            return answer
        body.seek(0)
        return self._after(tries).put_object(**arguments)

    def head_bucket(self, **arguments: Any) -> Any:
        """HeadBucket of boto3's client."""
        if arguments != {"Bucket": self._bucket}:
            return self.whole.head_bucket(**arguments)
        answer, tries = _tried(self._requests.head_bucket)
        return self._after(tries).head_bucket(**arguments) if answer is None else answer

    def get_paginator(self, operation: str) -> Any:
        """Return our paginator of ListObjectsV2, or boto3's for any other operation."""
        return _Listing(self) if operation == "list_objects_v2" else self.whole.get_paginator(operation)  # type: ignore[call-overload] # any of them

    def pages(self, prefix: str, after: str = "") -> Iterator[Any]:
        """Yield the pages of a listing; if a request fails here, boto3 continues from the same place."""
        token = ""
        page, tries = _tried(lambda: self._requests.page(prefix, after=after))
        while page is not None:
            yield page
            if not (token := page.get("NextContinuationToken", "")):
                return
            page, tries = _tried(partial(self._requests.page, prefix, token=token))
        begin = {"ContinuationToken": token} if token else {"StartAfter": after} if after else {}
        paginator = self._after(tries).get_paginator("list_objects_v2")
        yield from paginator.paginate(Bucket=self._bucket, Prefix=prefix, **begin)  # type: ignore[arg-type] # as it takes them


def _tried(request: Callable[[], dict[str, Any] | None]) -> tuple[dict[str, Any] | None, int]:
    """Return the answer to a request, if it has a good one, and how often it was tried in vain."""
    try:
        return request(), 0
    except UnansweredError:
        return None, 1


class _Meta:
    """boto3's `client.meta`, with an `endpoint_url` that needs no client."""

    def __init__(self, endpoint_url: str, client: DirectClient) -> None:
        self.endpoint_url = endpoint_url
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client.whole.meta, name)


class _Listing:
    """A paginator of ListObjectsV2."""

    def __init__(self, client: DirectClient) -> None:
        self._client = client

    def paginate(self, **arguments: Any) -> Any:
        """Yield pages."""
        known = {"Bucket", "Prefix"} <= arguments.keys() <= {"Bucket", "Prefix", "StartAfter"}
        if known and arguments["Bucket"] == self._client._bucket:  # noqa: SLF001 # its own
            return self._client.pages(arguments["Prefix"], arguments.get("StartAfter", ""))
        return self._client.whole.get_paginator("list_objects_v2").paginate(**arguments)
