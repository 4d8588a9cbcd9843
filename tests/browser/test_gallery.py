"""A gallery page in a real browser: blocked by missing and wrong rules, working after the function repaired them."""

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from PIL import Image
from selenium.webdriver import Chrome

from galleria_storage.cors.evaluate import CorsRequest, evaluate
from galleria_storage.cors.rules import default_gallery_rules, found_rules
from galleria_storage.s3.profiles import PROFILES
from tests.support.functions.function import Function
from tests.support.servers import S3Server
from tests.support.servers.bucket_names import bucket_name

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

ARTIFACTS = Path(__file__).parents[2] / "artifacts/browser"
KEY = "photos/one.jpg"
COLOUR = (200, 120, 40)
READ: dict[str, Any] = default_gallery_rules()[0]


class Bucket(NamedTuple):
    server: S3Server
    name: str
    photo: str
    s3: "S3Client"

    def put(self, rules: list[dict[str, Any]]) -> None:
        if rules:
            self.s3.put_bucket_cors(Bucket=self.name, CORSConfiguration={"CORSRules": rules})
        else:
            self.s3.delete_bucket_cors(Bucket=self.name)


@pytest.fixture
def bucket(server: S3Server) -> Bucket:
    """A public bucket with one photo."""
    s3, name = server.client(), bucket_name("gallery")
    s3.create_bucket(Bucket=name)
    if server.name != "ceph":  # Ceph 16 blocks no public access, and is content with the ACL of the object
        s3.delete_public_access_block(Bucket=name)
        read = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{name}/*"}
        s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [read]}))
    photo = io.BytesIO()
    Image.new("RGB", (64, 48), COLOUR).save(photo, "JPEG", quality=95)
    s3.put_object(Bucket=name, Key=KEY, Body=photo.getvalue(), ContentType="image/jpeg")
    if server.name == "ceph":
        s3.put_object_acl(Bucket=name, Key=KEY, ACL="public-read")
    return Bucket(server, name, f"{server.endpoint}/{name}/{KEY}", s3)


@pytest.fixture
def audit_cors(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> Function:
    server = bucket.server
    settings = {
        "S3_PUBLIC_BUCKET": bucket.name,
        **server.as_public,
        "S3_PUBLIC_PROFILE": server.profile or "aws",
        "CORS_PROBE_URL": bucket.photo,
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return Function("audit_cors")


def visit(browser: Chrome, site: str, photo: str, screenshot: str = "") -> dict[str, Any]:
    """Open the page and return what it could do with the photo."""
    browser.get(f"{site}/gallery.html?photo={photo}")
    seen: dict[str, Any] = browser.execute_async_script("visit().then(arguments[0])")
    if screenshot:
        ARTIFACTS.mkdir(parents=True, exist_ok=True)
        assert browser.save_screenshot(str(ARTIFACTS / f"{screenshot}.png"))
    return seen


def assert_works(seen: dict[str, Any]) -> None:
    for step in ("fetch", "head", "preflighted"):
        assert seen[step]["status"] == 200, seen
        assert seen[step]["etag"], seen
    assert seen["fetch"]["bytes"] > 300
    assert all(
        abs(actual - wanted) < 8 for actual, wanted in zip(seen["crossorigin"]["pixel"], COLOUR, strict=False)
    ), seen
    # The control: the same photo without `crossorigin` is shown too, but taints the canvas.
    assert seen["plain"] == {"error": "SecurityError"}


def assert_blocked(seen: dict[str, Any]) -> None:
    for step in ("fetch", "preflighted"):
        assert seen[step] == {"error": "TypeError"}, seen
    assert seen["crossorigin"] == {"error": "ImageError"}
    assert seen["plain"] == {"error": "SecurityError"}  # it is there, and public


BLOCKING = {
    "no rules": [],
    "only another site may read": [READ | {"AllowedOrigins": ["https://other.example", "https://*.example.com"]}],
    "only writing is allowed": [READ | {"AllowedMethods": ["PUT", "POST"]}],
}


@pytest.mark.parametrize("state", BLOCKING)
def test_a_page_is_blocked_until_the_function_has_repaired_the_rules(
    browser: Chrome, site: str, bucket: Bucket, audit_cors: Function, state: str
) -> None:
    bucket.put(BLOCKING[state])
    name = f"{bucket.server.name}, {state}"
    assert_blocked(visit(browser, site, bucket.photo, f"{name}, 1 blocked"))
    [verdict] = audit_cors({"source": "aws.events"})["buckets"]
    assert (verdict["status"], verdict["probe"]["passed"]) == ("repaired", True), verdict
    assert_works(visit(browser, site, bucket.photo, f"{name}, 2 repaired"))
    assert audit_cors({"source": "aws.events"})["buckets"][0]["status"] == "ok"


def test_merge_makes_the_gallery_work_beside_a_rule_of_another_tool(
    browser: Chrome, site: str, bucket: Bucket, audit_cors: Function, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORS_MODE", "merge")
    bucket.put([{"AllowedOrigins": [site], "AllowedMethods": ["PUT"], "ID": "admin tool"}])
    assert_blocked(visit(browser, site, bucket.photo))
    assert audit_cors({})["buckets"][0]["status"] == "repaired"
    assert_works(visit(browser, site, bucket.photo))


def test_a_cdn_that_forgets_the_origin_is_named_as_the_culprit(
    *, browser: Chrome, site: str, bucket: Bucket, cdn: str, audit_cors: Function, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.put([READ])
    photo = bucket.photo.replace(bucket.server.endpoint, cdn)
    monkeypatch.setenv("CORS_PROBE_URL", photo)
    assert_blocked(visit(browser, site, photo))
    [verdict] = audit_cors({})["buckets"]
    assert (verdict["status"], verdict["exact"]) == ("drifted", True)
    assert "let the CDN in front of it forward the Origin header" in verdict["advice"]
    assert_works(visit(browser, site, bucket.photo))


WILD = {
    "narrow method for the page first": [{"AllowedOrigins": ["SITE"], "AllowedMethods": ["PUT"]}, READ],
    "two rules for one origin": [READ | {"AllowedMethods": ["HEAD"]}, READ | {"AllowedMethods": ["GET"]}],
    "the ETag is hidden": [{"AllowedOrigins": ["http://*"], "AllowedMethods": ["GET"]}, READ],
    "lower-case methods": [READ | {"AllowedMethods": ["get", "head"]}],
    "duplicates": [READ, READ],
    "origins with a wildcard": [READ | {"AllowedOrigins": ["http://127.0.0.1:*"]}],
    "a slash at the end": [READ | {"AllowedOrigins": ["SITE/"]}],
    "a hundred rules": [READ | {"AllowedOrigins": [f"https://site{n}.example"]} for n in range(99)] + [READ],
    "no request headers": [{name: value for name, value in READ.items() if name != "AllowedHeaders"}],
}


@pytest.mark.parametrize("rules", WILD.values(), ids=WILD.keys())
def test_the_browser_agrees_with_the_evaluator(
    browser: Chrome, site: str, bucket: Bucket, rules: list[dict[str, Any]]
) -> None:
    bucket.put(json.loads(json.dumps(rules).replace("SITE", site)))
    found = found_rules(bucket.s3.get_bucket_cors(Bucket=bucket.name)["CORSRules"])
    order = PROFILES[bucket.server.profile or "aws"].cors_order
    seen = visit(browser, site, bucket.photo)
    asked = {
        "fetch": CorsRequest(site, "GET"),
        "head": CorsRequest(site, "HEAD"),
        "preflighted": CorsRequest(site, "GET", ("x-gallery",)),
    }
    permissions = {step: evaluate(found, request, order) for step, request in asked.items()}
    expected = {step: (p is not None, p is not None and p.exposes("ETag")) for step, p in permissions.items()}
    assert {step: ("error" not in seen[step], bool(seen[step].get("etag"))) for step in asked} == expected
    assert ("pixel" in seen["crossorigin"]) == (permissions["fetch"] is not None)
