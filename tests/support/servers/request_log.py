"""Count what a client really sends, at the HTTP level."""

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class RequestLog(list[str]):
    """Every request of a client from now on: the method and the path, decoded; queries are named where they matter."""

    def __init__(self, client: "S3Client") -> None:
        super().__init__()
        client.meta.events.register("before-send.s3", self._write_down)

    def _write_down(self, request: Any, **_: Any) -> None:
        url = urlsplit(request.url)
        method = "LIST" if "list-type=2" in url.query else request.method
        self.append(f"{method} {unquote(url.path)}")

    def count(self, method: str) -> int:
        """Count the requests with this method."""
        return sum(entry.startswith(f"{method} ") for entry in self)
