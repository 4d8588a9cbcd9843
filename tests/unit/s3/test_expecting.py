"""Small bodies are sent without asking first."""

import io
from types import SimpleNamespace
from typing import Any

import pytest

from galleria_storage.s3.clients import get_s3_client
from galleria_storage.s3.sdk.expecting import EXPECT_BYTES, expect_only_for_large
from galleria_storage.transfer.file_body import FileBody


@pytest.mark.parametrize(("size", "asked"), [(0, False), (EXPECT_BYTES - 1, False), (EXPECT_BYTES, True)])
def test_permission_is_asked_for_large_bodies_only(size: int, asked: bool) -> None:
    client = get_s3_client("http://127.0.0.1:1", "key", "secret", "")
    expect_only_for_large(client)
    sent: list[Any] = []

    def send(request: Any, **_: Any) -> Any:
        sent.append(request)
        return SimpleNamespace(status_code=200, headers={}, content=b"", raw=None)

    client.meta.events.register("before-send.s3.PutObject", send)
    with FileBody(io.BytesIO(bytes(size)), 0, size, None) as body:
        client.put_object(Bucket="photos", Key="a", Body=body)
    assert ("Expect" in sent[0].headers) is asked
