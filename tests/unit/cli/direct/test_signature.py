"""Requests are signed as Amazon's pages and botocore sign them."""

from typing import Any
from unittest.mock import patch

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from galleria_cli.direct.signature import EMPTY_SHA256, Target, quoted_path, signed
from galleria_storage.s3.sdk.signing import Keys

MOMENT = "20130524T000000Z"
HOST = "examplebucket.s3.amazonaws.com"
KEYS = Keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1")


@pytest.mark.parametrize(
    ("target", "headers", "sha256", "signature"),
    [
        (
            Target("GET", HOST, "/test.txt"),
            {"range": "bytes=0-9"},
            EMPTY_SHA256,
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        ),
        (
            Target("PUT", HOST, quoted_path("/test$file.text")),
            {"date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"},
            "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        ),
        (
            Target("GET", HOST, "/", {"lifecycle": ""}),
            {},
            EMPTY_SHA256,
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        ),
        (
            Target("GET", HOST, "/", {"prefix": "J", "max-keys": "2"}),
            {},
            EMPTY_SHA256,
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        ),
    ],
)
def test_the_examples_of_amazons_page_get_their_signatures(
    target: Target, headers: dict[str, str], sha256: str, signature: str
) -> None:
    found = signed(target, headers, sha256, KEYS, MOMENT)["authorization"]
    assert found.endswith(f"Signature={signature}")
    assert "Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, " in found


texts = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=8)


@given(
    key=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12),
    query=st.dictionaries(st.sampled_from(["prefix", "continuation-token", "list-type"]), st.text(max_size=8)),
    values=st.dictionaries(st.sampled_from(["x-amz-meta-a", "x-amz-tagging", "content-md5"]), texts),
)
def test_whatever_is_signed_has_botocores_signature(key: str, query: dict[str, str], values: dict[str, str]) -> None:
    target = Target("PUT", "storage.example:8333", quoted_path(f"/bucket/{key}"), query)
    url = f"http://{target.host}{target.path}" + (f"?{target.query_text}" if query else "")
    request = AWSRequest("PUT", url, headers={**values, "X-Amz-Content-SHA256": EMPTY_SHA256})
    request.context["timestamp"] = MOMENT
    auth: Any = S3SigV4Auth(Credentials(KEYS.access_key, KEYS.secret_key), "s3", KEYS.region)
    with patch.object(auth, "_modify_request_before_signing"):
        request.headers["X-Amz-Date"] = MOMENT
        expected = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
    found = signed(target, values, EMPTY_SHA256, KEYS, MOMENT)
    assert found["authorization"].endswith(f"Signature={expected}")
