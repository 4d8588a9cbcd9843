"""What visitors may read, through the CDN and without it."""

from typing import Any

import pytest

from galleria_storage.publishing.photo_keys import RESERVED
from tests.support.stack.template import Stack


def test_a_missing_photo_is_404_and_the_root_lists_nothing() -> None:
    stack = Stack()
    statement = stack.properties("PublicBucketPolicy")["PolicyDocument"]["Statement"][1]
    assert "s3:ListBucket" in statement["Action"]
    assert stack.properties("Distribution")["DistributionConfig"]["DefaultRootObject"]


def test_the_cdn_may_have_a_name_of_ones_own() -> None:
    certificate = "arn:aws:acm:us-east-1:123456789012:certificate/1"
    stack = Stack({"DomainName": "photos.example.com", "CertificateArn": certificate, "PriceClass": "PriceClass_All"})
    config = stack.properties("Distribution")["DistributionConfig"]
    assert (config["Aliases"], config["PriceClass"]) == (["photos.example.com"], "PriceClass_All")
    assert config["ViewerCertificate"]["AcmCertificateArn"] == certificate
    assert "Aliases" not in Stack().properties("Distribution")["DistributionConfig"]


def test_photos_are_read_through_the_cdn_alone_unless_the_bucket_is_public() -> None:
    private, public = Stack(), Stack({"PublicAccess": "public-read"})
    assert set(private.properties("PublicBucket")["PublicAccessBlockConfiguration"].values()) == {True}
    assert "Distribution" not in public.resources
    readers = {
        name: [each["Principal"] for each in policy(stack) if each["Effect"] == "Allow"]
        for name, stack in {"private": private, "public": public}.items()
    }
    assert readers == {"private": [{"Service": "cloudfront.amazonaws.com"}], "public": ["*"]}


def policy(stack: Stack) -> list[dict[str, Any]]:
    statements: list[dict[str, Any]] = stack.properties("PublicBucketPolicy")["PolicyDocument"]["Statement"]
    return statements


@pytest.mark.parametrize("access", [{}, {"PublicAccess": "public-read"}])
def test_nobody_outside_of_the_account_reads_the_services_own_notes(access: dict[str, str]) -> None:
    [denied] = [each for each in policy(Stack(access)) if each["Action"] == "s3:GetObject" and each["Effect"] == "Deny"]
    assert str(denied["Resource"]).endswith(f"/{RESERVED}*")
    assert denied["Principal"] == "*"
    assert "aws:PrincipalAccount" in denied["Condition"]["StringNotEquals"]


def test_the_cdn_keeps_an_answer_apart_for_each_origin_that_asks() -> None:
    headers = Stack().properties("CachePolicy")["CachePolicyConfig"]["ParametersInCacheKeyAndForwardedToOrigin"]
    assert "Origin" in headers["HeadersConfig"]["Headers"]
