"""Small bodies are sent without asking first."""

import io
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from urllib3.response import HTTPResponse

from galleria_storage.s3.clients import get_s3_client
from galleria_storage.s3.sdk.http_session import EXPECT_BYTES, HttpSession
from galleria_storage.transfer.file_body import FileBody


class Sent:
    """Stands for botocore's session."""

    def __init__(self) -> None:
        self.headers: dict[str, Any] = {}

    def send(self, request: Any) -> Any:
        self.headers = dict(request.headers.items())
        return AWSResponse(request.url, 200, {}, HTTPResponse(io.BytesIO(), preload_content=False))  # type: ignore[arg-type] # no headers


@pytest.mark.parametrize(("size", "asked"), [(0, False), (EXPECT_BYTES - 1, False), (EXPECT_BYTES, True)])
@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:1", "https://s3.eu-west-1.amazonaws.com"])  # with a trailer
def test_permission_is_asked_for_large_bodies_only(endpoint: str, size: int, asked: bool) -> None:
    client, sent = get_s3_client(endpoint, "key", "secret", ""), Sent()
    client._endpoint.http_session = HttpSession(sent)
    with FileBody(io.BytesIO(bytes(size)), 0, size, None) as body:
        client.put_object(Bucket="photos", Key="a", Body=body)
    assert ("X-Amz-Trailer" in sent.headers) is endpoint.startswith("https")
    assert ("Expect" in sent.headers) is asked
