"""One bucket: audited, and repaired if asked for."""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from galleria_storage.cors.audit import REREAD_PAUSES, audit_bucket
from galleria_storage.cors.bucket_verdict import BucketVerdict
from galleria_storage.cors.cors_settings import CorsMode
from galleria_storage.cors.rules import default_gallery_rules, found_rules
from galleria_storage.errors import SettingsError
from galleria_storage.s3.access import BucketAccess, ProviderAccess
from galleria_storage.s3.clients import Connection
from tests.support.cors.fakes import FakeProvider, refusal

ACCESS = BucketAccess("photos", ProviderAccess("https://s3.example", access_key="key", secret_key="very-secret"))
EXPECTED = found_rules(default_gallery_rules())
ADMIN = {"AllowedOrigins": ["https://admin.example"], "AllowedMethods": ["PUT"], "ID": "admin tool"}


def audit(provider: FakeProvider, mode: CorsMode = "repair", **options: Any) -> BucketVerdict:
    return audit_bucket(ACCESS, EXPECTED, mode, connect=provider.connect, **{"pause": lambda _: None, **options})


def test_a_bucket_in_order_is_left_alone() -> None:
    provider = FakeProvider(default_gallery_rules())
    verdict = audit(provider)
    assert (verdict.status, verdict.exact, verdict.effective, verdict.drift) == ("ok", True, True, False)
    assert provider.written == []


@pytest.mark.parametrize("rules", [None, [ADMIN]])
def test_audit_never_writes(rules: list[dict[str, Any]] | None) -> None:
    provider = FakeProvider(rules)
    verdict = audit(provider, "audit")
    assert (verdict.status, verdict.drift, verdict.rules_after) == ("drifted", True, None)
    assert "may not GET" in verdict.reason
    assert provider.written == []


@pytest.mark.parametrize("mode", ["repair", "merge"])
def test_read_only_never_writes_either(mode: CorsMode) -> None:
    provider = FakeProvider([ADMIN])
    assert audit(provider, mode, read_only=True).status == "drifted"
    assert provider.written == []


def test_repair_puts_exactly_the_expected_rules_and_keeps_the_old_ones_in_the_verdict() -> None:
    provider = FakeProvider([ADMIN])
    verdict = audit(provider)
    assert (verdict.status, verdict.exact, verdict.effective) == ("repaired", True, True)
    assert verdict.rules_before == [ADMIN]
    assert verdict.rules_after == provider.rules == default_gallery_rules()


def test_a_rule_that_differs_by_its_max_age_alone_is_repaired_although_the_gallery_works() -> None:
    verdict = audit(FakeProvider([default_gallery_rules()[0] | {"MaxAgeSeconds": 5}]))
    assert (verdict.status, verdict.shortcomings) == ("repaired", ())
    assert verdict.differences == ("MaxAgeSeconds: 5 instead of 3600",)


def test_merge_is_content_with_rules_under_which_the_gallery_works() -> None:
    provider = FakeProvider([ADMIN, default_gallery_rules()[0] | {"MaxAgeSeconds": 5}])
    verdict = audit(provider, "merge")
    assert (verdict.status, verdict.exact, verdict.effective) == ("ok", False, True)
    assert provider.written == []


@pytest.mark.parametrize("profile", ["aws", "ceph", "generic"])
def test_merge_keeps_foreign_rules_and_is_right_at_that_provider(profile: str) -> None:
    provider = FakeProvider([ADMIN], profile)
    verdict = audit(provider, "merge")
    assert (verdict.status, verdict.exact, verdict.effective) == ("repaired", False, True)
    assert ADMIN in (verdict.rules_after or [])
    assert audit(provider, "merge").status == "ok"


def test_the_same_rules_are_in_order_at_aws_and_have_drifted_at_ceph() -> None:
    rules = [ADMIN, *default_gallery_rules()]
    assert audit(FakeProvider(rules, "aws"), "merge", read_only=True).status == "ok"
    assert audit(FakeProvider(rules, "ceph"), "merge", read_only=True).status == "drifted"
    assert audit(FakeProvider(rules, "generic"), "merge", read_only=True).status == "drifted"


def test_the_old_rules_are_logged_before_the_write(caplog: pytest.LogCaptureFixture) -> None:
    provider = FakeProvider([ADMIN])
    provider.refuse["PutBucketCors"] = refusal("PutBucketCors", "AccessDenied", 403)
    with caplog.at_level(logging.WARNING):
        audit(provider)
    assert caplog.records[0].__dict__["rules_before"] == [ADMIN]


def test_a_write_that_is_not_allowed_says_what_has_drifted_and_why_it_stays_so() -> None:
    provider = FakeProvider([ADMIN])
    provider.refuse["PutBucketCors"] = refusal("PutBucketCors", "AccessDenied", 403)
    verdict = audit(provider)
    assert (verdict.status, verdict.error, verdict.drift) == ("failed", "AccessDeniedError", True)
    assert verdict.reason.startswith("out of order (pages of https://* may not GET")
    assert verdict.rules_before == [ADMIN]


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        ("AccessDenied", 403, "AccessDeniedError"),
        ("NoSuchBucket", 404, "BucketNotFoundError"),
        ("SlowDown", 503, "ThrottledError"),
        ("SignatureDoesNotMatch", 403, "AccessDeniedError"),
        ("InternalError", 500, "ProviderError"),
        ("", 404, "NotFoundError"),
    ],
)
def test_what_keeps_the_rules_from_being_read_is_named(code: str, status: int, error: str) -> None:
    provider = FakeProvider()
    provider.refuse["GetBucketCors"] = refusal("GetBucketCors", code, status)
    verdict = audit(provider)
    assert (verdict.status, verdict.error, verdict.exact, verdict.effective) == ("failed", error, None, None)
    assert provider.written == []


@pytest.mark.parametrize(("code", "status"), [("NotImplemented", 501), ("MethodNotAllowed", 405)])
def test_a_provider_without_cors_rules_is_not_an_error_and_there_is_advice(code: str, status: int) -> None:
    provider = FakeProvider(profile="minio")
    provider.refuse["GetBucketCors"] = refusal("GetBucketCors", code, status)
    verdict = audit(provider)
    assert (verdict.status, verdict.drift) == ("unsupported", False)
    assert "MINIO_API_CORS_ALLOW_ORIGIN" in verdict.advice


@pytest.mark.parametrize("mode", ["audit", "repair"])
def test_a_provider_that_has_no_rules_and_accepts_none_is_unsupported_too(mode: CorsMode) -> None:
    provider = FakeProvider(profile="minio")
    provider.refuse["PutBucketCors"] = refusal("PutBucketCors", "NotImplemented", 501)
    verdict = audit(provider, mode)
    assert (verdict.status, verdict.drift, verdict.effective, verdict.rules_before) == (
        "unsupported",
        False,
        None,
        None,
    )


def test_the_verdict_is_what_was_read_and_not_what_was_sent() -> None:
    provider = FakeProvider([ADMIN])
    provider.afterwards = lambda rules: [rules[0] | {"AllowedMethods": ["GET"]}]
    verdict = audit(provider)
    assert (verdict.status, verdict.exact, verdict.effective) == ("failed", False, False)
    assert "the bucket has different rules now: pages of https://* may not HEAD" in verdict.reason


@pytest.mark.parametrize("mode", ["repair", "merge"])
def test_an_answer_without_rules_that_the_next_one_belies_leads_to_no_write(mode: CorsMode) -> None:
    provider = FakeProvider([ADMIN])
    provider.first_answer = []
    verdict = audit(provider, mode)
    assert (verdict.status, provider.written) == ("failed", [])
    assert "two answers in a row gave different rules" in verdict.reason
    assert provider.rules == [ADMIN]


def test_a_merge_after_which_a_foreign_rule_is_gone_has_failed() -> None:
    provider = FakeProvider([ADMIN])
    provider.afterwards = lambda rules: [rule for rule in rules if rule.get("ID") != "admin tool"]
    verdict = audit(provider, "merge")
    assert (verdict.status, verdict.rules_before) == ("failed", [ADMIN])
    assert "the bucket has different rules now" in verdict.reason


def test_a_provider_that_writes_methods_in_capitals_has_kept_the_rules() -> None:
    provider = FakeProvider([ADMIN | {"AllowedMethods": ["put"]}], "ceph")
    provider.afterwards = lambda rules: [
        rule | {"AllowedMethods": [method.upper() for method in rule["AllowedMethods"]]} for rule in rules
    ]
    assert audit(provider, "merge").status == "repaired"


def test_old_rules_read_shortly_after_a_write_are_read_again() -> None:
    provider = FakeProvider([ADMIN])
    provider.stale = len(REREAD_PAUSES) - 1
    waited: list[float] = []
    assert audit(provider, pause=waited.append).status == "repaired"
    assert len(provider.written) == 1
    assert waited == [*REREAD_PAUSES]


def test_two_runs_at_once_end_in_the_same_state() -> None:
    provider = FakeProvider([ADMIN])
    second: list[BucketVerdict] = []

    def meanwhile(rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
        provider.afterwards = lambda rules: rules
        provider.rules = [ADMIN]  # the second run has read the old rules too
        second.append(audit(provider, "merge"))
        return rules

    provider.afterwards = meanwhile
    assert audit(provider, "merge").status == second[0].status == "repaired"
    assert provider.written[0] == provider.written[1]


def test_expected_rules_that_cannot_do_at_this_provider_are_the_settings_fault() -> None:
    apart = [replace(EXPECTED[0], methods=("GET",)), replace(EXPECTED[0], methods=("HEAD",))]
    provider = FakeProvider(profile="ceph")
    verdict = audit_bucket(ACCESS, apart, "repair", connect=provider.connect)
    assert (verdict.status, verdict.error, provider.written) == ("failed", "SettingsError", [])
    assert "may not HEAD" in verdict.reason
    assert audit_bucket(ACCESS, apart, "repair", connect=FakeProvider().connect).status == "repaired"


def test_a_connection_that_cannot_be_made_is_a_verdict() -> None:
    def connect(access: BucketAccess) -> Connection:
        raise SettingsError("the secret is gone", bucket=access.bucket)

    verdict = audit_bucket(ACCESS, EXPECTED, "repair", connect=connect)
    assert (verdict.status, verdict.reason) == ("failed", "the secret is gone")


@pytest.mark.parametrize("change", [lambda d: d, lambda d: d | {"AllowedOrigins": ["*", "*"]}])
def test_risks_are_told_of_the_rules_that_remain(change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    writing = change({"AllowedOrigins": ["*"], "AllowedMethods": ["PUT"]})
    assert len(audit(FakeProvider([writing]), "merge").risks) == 1
    assert audit(FakeProvider([writing]), "repair").risks == ()


def test_no_verdict_holds_a_key() -> None:
    verdict = audit(FakeProvider([ADMIN]))
    assert "secret" not in f"{verdict} {verdict.as_document()}"
