"""The probe judges what a visitor's browser would judge, and tells bucket and CDN apart."""

import threading

import pytest

from galleria_storage.cors.audit import audit_bucket
from galleria_storage.cors.cors_settings import CorsMode
from galleria_storage.cors.needs import FILLER
from galleria_storage.cors.probe import MAX_ORIGINS, probe
from galleria_storage.cors.rules import CorsRule, default_gallery_rules, found_rules
from galleria_storage.errors import ProviderError, SettingsError
from galleria_storage.s3.access import BucketAccess
from tests.support.cors.fakes import FakeProvider, refusal, web_server

DEFAULT = found_rules(default_gallery_rules())
ALLOWING = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": FILLER,
    "Access-Control-Expose-Headers": "etag, date",
}


def without(*names: str) -> dict[str, str]:
    return {name: value for name, value in ALLOWING.items() if name not in names}


def test_answers_that_a_browser_accepts_pass() -> None:
    asked = []

    def answers(method: str, headers: dict[str, str]) -> tuple[int, dict[str, str]]:
        asked.append((method, headers.get("access-control-request-method"), headers["origin"]))
        return 200, ALLOWING

    with web_server(answers) as url:
        assert probe(url, DEFAULT).passed
    assert asked == [
        (method, preflight, f"{scheme}://{FILLER}")
        for scheme in ("https", "http")
        for method, preflight in (("GET", None), ("OPTIONS", "GET"), ("HEAD", None), ("OPTIONS", "HEAD"))
    ]


@pytest.mark.parametrize(
    ("preflight", "reading", "problem"),
    [
        ((403, {}), (200, ALLOWING), "the preflight for GET is answered with 403"),
        ((302, ALLOWING), (200, ALLOWING), "answered with 302"),
        (
            (200, without("Access-Control-Allow-Origin")),
            (200, ALLOWING),
            "the preflight for GET does not allow the origin",
        ),
        ((200, without("Access-Control-Allow-Headers")), (200, ALLOWING), f"does not allow the header {FILLER}"),
        ((200, ALLOWING), (200, without("Access-Control-Allow-Origin")), "may not GET: the answer does not allow"),
        ((200, ALLOWING), (200, ALLOWING | {"Access-Control-Allow-Origin": "https://other.example"}), "may not GET"),
        ((200, ALLOWING), (200, without("Access-Control-Expose-Headers")), "may not read ETag of a GET"),
    ],
)
def test_what_a_browser_would_not_accept_is_named(
    preflight: tuple[int, dict[str, str]], reading: tuple[int, dict[str, str]], problem: str
) -> None:
    with web_server(lambda method, _: preflight if method == "OPTIONS" else reading) as url:
        result = probe(url, DEFAULT)
    assert not result.passed
    assert any(problem in words for words in result.problems)


def test_a_preflight_need_not_name_a_simple_method_and_may_answer_with_wildcards() -> None:
    answer = {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Headers": "*",
        "Access-Control-Expose-Headers": "*",
    }
    with web_server(lambda *_: (204 if _[0] == "OPTIONS" else 200, answer)) as url:
        assert probe(url, DEFAULT).passed


def test_a_star_allows_no_authorization() -> None:
    asks_for_it = [CorsRule(("*",), ("GET",), ("Authorization",))]
    with web_server(lambda *_: (200, ALLOWING | {"Access-Control-Allow-Headers": "*"})) as url:
        [*problems] = probe(url, asks_for_it).problems
    assert problems
    assert all("does not allow the header Authorization" in problem for problem in problems)


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("text/html; charset=utf-8", b""),
        ("Text/Plain", b""),
        ("application/json", b"{}"),
        ("application/xml", b"<Error/>"),
        ("image/jpeg", b"\xef\xbb\xbf\n <!doctype html>"),
        ("image/webp", b"<!doctype html>"),
        ("", b"<html>"),
    ],
)
def test_a_page_in_place_of_the_photo_says_nothing(media_type: str, body: bytes) -> None:
    headers = ALLOWING | {"Content-Type": media_type}
    with (
        web_server(lambda *_: (200, headers), body) as url,
        pytest.raises(ProviderError, match="not a photo") as caught,
    ):
        probe(url, DEFAULT)
    assert "CORS_PROBE_URL" in (caught.value.advice or "")


@pytest.mark.parametrize("media_type", ["image/jpeg", "image/svg+xml", "binary/octet-stream", "video/mp4", ""])
def test_whatever_a_bucket_calls_a_photo_is_accepted(media_type: str) -> None:
    body = b"<svg/>" if "svg" in media_type else b"\xff\xd8\xff"
    with web_server(lambda *_: (200, ALLOWING | {"Content-Type": media_type}), body) as url:
        assert probe(url, DEFAULT).passed


def test_a_second_line_that_allows_the_origin_is_a_problem() -> None:
    headers = [*ALLOWING.items(), ("Access-Control-Allow-Origin", "*")]
    with web_server(lambda *_: (200, headers)) as url:
        assert any("does not allow the origin" in problem for problem in probe(url, DEFAULT).problems)


def test_a_second_line_of_exposed_headers_is_part_of_the_list() -> None:
    headers = [
        ("Access-Control-Expose-Headers", "Date"),
        *ALLOWING.items(),
        ("Access-Control-Expose-Headers", "x-amz-request-id"),
    ]
    with web_server(lambda *_: (200, headers)) as url:
        assert probe(url, DEFAULT).passed


def test_the_query_of_the_address_is_asked_for_and_not_shown() -> None:
    with web_server(lambda *_: (200, ALLOWING)) as url:
        assert "?size=2" in url
        assert probe(url, DEFAULT).url == url.partition("?")[0]


def test_the_probe_never_writes() -> None:
    methods = set()

    def answers(method: str, headers: dict[str, str]) -> tuple[int, dict[str, str]]:
        methods.update({method, headers.get("access-control-request-method")})
        return 200, ALLOWING

    with web_server(answers) as url:
        probe(url, [CorsRule(("*",), ("PUT", "GET", "DELETE"), ("*",))])
    assert methods == {"GET", "OPTIONS", None}


def test_nobody_at_the_address_says_nothing() -> None:
    with web_server(lambda *_: (200, {})) as url:
        pass
    with pytest.raises(ProviderError, match="gives no answer"):
        probe(url, DEFAULT)


@pytest.mark.parametrize("status", [403, 404, 301, 500])
def test_an_address_without_a_public_photo_says_nothing(status: int) -> None:
    with web_server(lambda *_: (status, ALLOWING)) as url, pytest.raises(ProviderError, match=f"with {status}"):
        probe(url, DEFAULT)


@pytest.mark.parametrize("url", ["ftp://a.example/x", "a.example/x.jpg", "https:///x"])
def test_an_address_that_no_browser_opens_is_refused_by_name(url: str) -> None:
    with pytest.raises(SettingsError, match="CORS_PROBE_URL is"):
        probe(url, DEFAULT)


def test_all_answers_together_may_not_take_longer_than_they_may() -> None:
    asked = []

    def answers(method: str, _: dict[str, str]) -> tuple[int, dict[str, str]]:
        asked.append(method)
        threading.Event().wait(0.2)
        return 200, ALLOWING

    with web_server(answers) as url:
        with pytest.raises(ProviderError, match=r"0\.3 seconds for all|no answer within"):
            probe(url, DEFAULT, seconds=0.3)
        assert len(asked) < 4
        with pytest.raises(ProviderError, match="more than 0 seconds"):
            probe(url, DEFAULT, seconds=0)


def test_no_more_origins_are_tried_than_fit_into_a_moment() -> None:
    origins = set()

    def answers(method: str, headers: dict[str, str]) -> tuple[int, dict[str, str]]:
        del method
        origins.add(headers["origin"])
        return 200, ALLOWING

    with web_server(answers) as url:
        probe(url, [CorsRule(tuple(f"https://site{n}.example" for n in range(50)), ("GET",))])
    assert origins == {f"https://site{n}.example" for n in range(MAX_ORIGINS)}


def verdict_with(url: str, provider: FakeProvider, mode: CorsMode = "audit") -> tuple[str, str]:
    verdict = audit_bucket(BucketAccess("photos"), DEFAULT, mode, probe_url=url, connect=provider.connect)
    assert verdict.drift == (verdict.status in {"drifted", "repaired"})
    return verdict.status, verdict.reason


def test_right_rules_with_a_cdn_in_front_that_strips_headers_have_drifted_and_the_cdn_is_named() -> None:
    with web_server(lambda *_: (200, {})) as url:
        status, reason = verdict_with(url, FakeProvider(default_gallery_rules()))
    assert status == "drifted"
    assert "rules are in order; but the public URL does not pass them on" in reason


def test_a_repair_that_visitors_see_is_told_as_such() -> None:
    with web_server(lambda *_: (200, ALLOWING)) as url:
        status, reason = verdict_with(url, FakeProvider([]), "repair")
    assert status == "repaired"
    assert reason.endswith("; the public URL answers as the gallery needs")


def test_wrong_rules_that_the_public_url_shows_are_the_buckets_fault() -> None:
    with web_server(lambda *_: (200, {})) as url:
        status, reason = verdict_with(url, FakeProvider([]))
    assert status == "drifted"
    assert "the public URL shows it" in reason


def test_wrong_rules_that_a_cdn_makes_up_for_are_told_apart() -> None:
    with web_server(lambda *_: (200, ALLOWING)) as url:
        status, reason = verdict_with(url, FakeProvider([]))
    assert status == "drifted"
    assert "a CDN in front of the bucket adds what the bucket does not" in reason


def test_a_provider_without_rules_can_still_be_seen_to_work() -> None:
    provider = FakeProvider(profile="minio")
    provider.refuse["GetBucketCors"] = refusal("GetBucketCors", "NotImplemented", 501)
    with web_server(lambda *_: (200, ALLOWING)) as url:
        status, reason = verdict_with(url, provider)
    assert status == "unsupported"
    assert "the public URL answers as the gallery needs" in reason


def test_an_invalid_probe_address_fails_the_bucket() -> None:
    status, reason = verdict_with("photos.example", FakeProvider(default_gallery_rules()))
    assert status == "failed"
    assert reason.startswith("the rules are in order; but the probe showed nothing: CORS_PROBE_URL is")


def test_a_photo_that_is_gone_is_not_taken_for_a_cdn_at_fault() -> None:
    with web_server(lambda *_: (404, {})) as url:
        status, reason = verdict_with(url, FakeProvider(default_gallery_rules()))
    assert status == "failed"
    assert "answered with 404" in reason
