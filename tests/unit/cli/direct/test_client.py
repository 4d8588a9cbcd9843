"""Requests without the SDK are those that boto3 would make, and failed ones are left to boto3."""

import hashlib
import io
from collections.abc import Iterator
from typing import Any

import pytest

from galleria_cli.direct.client import DirectClient
from galleria_cli.direct.requests import DirectRequests
from galleria_storage.s3.listing import list_objects
from galleria_storage.s3.sdk.signing import Keys
from galleria_storage.transfer.file_body import FileBody
from tests.support.servers.scripted_http import Script, scripted_server

PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>{more}</IsTruncated>
<EncodingType>url</EncodingType>{token}<Contents><Key>{key}</Key><Size>3</Size><ETag>&quot;abc&quot;</ETag></Contents>
</ListBucketResult>"""
UNTOLD = {"ResponseMetadata": {"HTTPStatusCode": 200}}


class Boto3:
    """Stands for boto3's client: keeps what it is asked, and has one page for each token."""

    def __init__(self) -> None:
        self.tries_made: list[int] = []
        self.put: list[tuple[dict[str, Any], bytes]] = []
        self.listed: list[dict[str, Any]] = []

    def make(self, tries_made: int) -> Any:
        self.tries_made.append(tries_made)
        return self

    def put_object(self, **arguments: Any) -> dict[str, str]:
        self.put.append((arguments, arguments["Body"].read()))
        return {"ETag": '"boto3"'}

    def head_bucket(self, **arguments: Any) -> dict[str, Any]:
        return {"ResponseMetadata": {"HTTPHeaders": arguments}}

    def head_object(self, **_: Any) -> str:
        return "headed"

    def get_paginator(self, _: str) -> "Boto3":
        return self

    def paginate(self, **arguments: Any) -> list[dict[str, Any]]:
        self.listed.append(arguments)
        return [{"IsTruncated": False, "Contents": [{"Key": "of boto3", "Size": 1}]}]


@pytest.fixture
def server() -> Iterator[Script]:
    with scripted_server() as script:
        yield script


@pytest.fixture
def boto3() -> Boto3:
    return Boto3()


@pytest.fixture
def client(server: Script, boto3: Boto3) -> DirectClient:
    requests = DirectRequests(f"{server.url}/photos", Keys("key", "secret", "here"), moment=lambda: "20240615T103045Z")
    return DirectClient("photos", requests, server.url, boto3.make)


def put(client: DirectClient, key: str = "a b/é.jpg", content: bytes = b"photo", **more: Any) -> Any:
    with FileBody(io.BytesIO(content), 0, len(content), None) as body:
        body.sha256 = hashlib.sha256(content).hexdigest()
        return client.put_object(Bucket="photos", Key=key, Body=body, ContentLength=len(content), **more)


def keys(client: DirectClient) -> list[str]:
    return [found.key for found in list_objects(client, "photos", "2024/")]  # type: ignore[arg-type] # it does here


def test_a_file_is_put_as_boto3_would_put_it(client: DirectClient, server: Script, boto3: Boto3) -> None:
    server.say(200, ETag='"abc"', x_amz_version_id="v1", x_amz_server_side_encryption="aws:kms")
    answer = put(
        client,
        ContentType="image/jpeg",
        IfNoneMatch="*",
        Metadata={"Taken": "x"},
        Tagging="a=b",
        CacheControl="no-cache",
    )
    assert answer == {"ETag": '"abc"', "VersionId": "v1", "ServerSideEncryption": "aws:kms", **UNTOLD}
    (request,) = server.requests
    assert (request.method, request.path, request.body) == ("PUT", "/photos/a%20b/%C3%A9.jpg", b"photo")
    expected = {"content-type": "image/jpeg", "if-none-match": "*", "x-amz-meta-taken": "x", "x-amz-tagging": "a=b",
                "cache-control": "no-cache", "content-length": "5"}  # fmt: skip
    assert expected.items() <= request.headers.items()
    assert request.headers["x-amz-content-sha256"] == hashlib.sha256(b"photo").hexdigest()
    assert boto3.tries_made == []


@pytest.mark.parametrize(
    "more",
    [
        {"ACL": "public-read"},
        {"Metadata": {"name": "é"}},
        {"Metadata": {"a: b": "c"}},
        {"ContentType": "a\nb"},
        {"CacheControl": None},
    ],
)
def test_what_has_no_place_in_the_request_is_left_to_boto3(
    more: dict[str, Any], client: DirectClient, server: Script, boto3: Boto3
) -> None:
    assert put(client, **more) == {"ETag": '"boto3"'}
    assert server.requests == []
    assert boto3.put[0][0].items() >= {"Bucket": "photos", "Key": "a b/é.jpg", **more}.items()


def test_a_body_whose_digest_is_unknown_is_left_to_boto3(client: DirectClient, boto3: Boto3) -> None:
    client.put_object(Bucket="photos", Key="a", Body=io.BytesIO(b"photo"))
    assert boto3.put[0][1] == b"photo"


@pytest.mark.parametrize("status", [301, 403, 412, 500, 503])
def test_a_refusal_is_left_to_boto3_which_sends_the_whole_body(
    status: int, client: DirectClient, server: Script, boto3: Boto3
) -> None:
    server.say(status, "<Error/>")
    assert put(client) == {"ETag": '"boto3"'}
    assert [body for _, body in boto3.put] == [b"photo"]


def test_after_a_first_request_that_fails_all_others_are_boto3s(
    client: DirectClient, server: Script, boto3: Boto3
) -> None:
    server.say(403)
    put(client)
    put(client)
    assert (len(server.requests), len(boto3.put)) == (1, 2)
    assert boto3.tries_made == [1, 0], "the second was not tried before"


def test_a_later_failure_changes_nothing_for_the_next_file(client: DirectClient, server: Script, boto3: Boto3) -> None:
    server.say(200, ETag='"a"')
    server.say(503)
    server.say(200, ETag='"c"')
    assert [put(client).get("ETag") for _ in range(3)] == ['"a"', '"boto3"', '"c"']
    assert (len(boto3.put), boto3.tries_made) == (1, [1])


def test_a_connection_that_the_server_has_closed_is_replaced(
    client: DirectClient, server: Script, boto3: Boto3
) -> None:
    server.say(200, ETag='"a"')
    server.hang_up()
    server.say(200, ETag='"b"')
    assert [put(client)["ETag"] for _ in range(2)] == ['"a"', '"b"']
    assert [request.body for request in server.requests] == [b"photo"] * 3
    assert boto3.tries_made == []


def test_a_listing_is_followed_from_page_to_page(client: DirectClient, server: Script, boto3: Boto3) -> None:
    token = "<NextContinuationToken>t+/=</NextContinuationToken>"
    server.say(200, PAGE.format(more="true", token=token, key="2024/a+b%2Bc%0A.jpg"))
    server.say(200, PAGE.format(more="false", token="", key="2024/d"))
    assert keys(client) == ["2024/a b+c\n.jpg", "2024/d"]
    assert [request.path for request in server.requests] == [
        "/photos?encoding-type=url&list-type=2&prefix=2024%2F",
        "/photos?continuation-token=t%2B%2F%3D&encoding-type=url&list-type=2&prefix=2024%2F",
    ]
    assert boto3.tries_made == []


def test_a_listing_may_begin_after_a_key(client: DirectClient, server: Script, boto3: Boto3) -> None:
    server.say(200, PAGE.format(more="false", token="", key="c"))
    found = client.get_paginator("list_objects_v2").paginate(Bucket="photos", Prefix="", StartAfter="b/é")
    assert [entry["Key"] for page in found for entry in page["Contents"]] == ["c"]
    assert server.requests[0].path == "/photos?encoding-type=url&list-type=2&prefix=&start-after=b%2F%C3%A9"
    server.say(500)
    list(client.get_paginator("list_objects_v2").paginate(Bucket="photos", Prefix="", StartAfter="b"))
    assert boto3.listed == [{"Bucket": "photos", "Prefix": "", "StartAfter": "b"}]


@pytest.mark.parametrize("said", ["", "<html>", "<a/>", PAGE.format(more="perhaps", token="", key="a")])
def test_what_is_not_a_listing_is_left_to_boto3(said: str, client: DirectClient, server: Script, boto3: Boto3) -> None:
    server.say(200, said)
    assert keys(client) == ["of boto3"]
    assert boto3.listed == [{"Bucket": "photos", "Prefix": "2024/"}]


def test_a_listing_that_breaks_off_goes_on_with_boto3_at_the_same_place(
    client: DirectClient, server: Script, boto3: Boto3
) -> None:
    token = "<NextContinuationToken>next</NextContinuationToken>"
    server.say(200, PAGE.format(more="true", token=token, key="2024/a"))
    server.say(500)
    assert keys(client) == ["2024/a", "of boto3"]
    assert boto3.listed == [{"Bucket": "photos", "Prefix": "2024/", "ContinuationToken": "next"}]


def test_everything_else_is_boto3s(client: DirectClient, boto3: Boto3) -> None:
    assert client.meta.endpoint_url.startswith("http://127.0.0.1:")
    assert boto3.tries_made == []
    assert client.head_object() == "headed"
    assert boto3.tries_made == [0]


def test_a_server_is_recognised_by_its_answer_about_the_bucket(
    client: DirectClient, server: Script, boto3: Boto3
) -> None:
    server.say(200, Server="SeaweedFS 4.48")
    assert client.head_bucket(Bucket="photos")["ResponseMetadata"]["HTTPHeaders"]["server"].endswith("SeaweedFS 4.48")
    assert (server.requests[0].method, server.requests[0].path) == ("HEAD", "/photos")
    server.say(404)
    for bucket, tries_made in (("photos", [1]), ("another", [1, 0])):
        assert client.head_bucket(Bucket=bucket)["ResponseMetadata"]["HTTPHeaders"] == {"Bucket": bucket}
        assert boto3.tries_made == tries_made
