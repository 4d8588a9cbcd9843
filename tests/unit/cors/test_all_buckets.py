"""Several buckets: each is tried, and none stops the others."""

import threading

import pytest

from galleria_storage.cors.all_buckets import announce_drift, audit_buckets, summary
from galleria_storage.cors.cors_settings import CorsSettings, CorsTarget
from galleria_storage.cors.rules import default_gallery_rules
from galleria_storage.errors import SettingsError
from galleria_storage.s3.access import BucketAccess
from galleria_storage.s3.clients import Connection
from tests.support.cors.fakes import FakeProvider, refusal

NAMES = ("broken", "missing", "right")
PROVIDERS = {"broken": None, "missing": None, "right": default_gallery_rules()}


def settings(**changes: object) -> CorsSettings:
    return CorsSettings(
        **{"mode": "repair", "buckets": tuple(CorsTarget(BucketAccess(name)) for name in NAMES), **changes}
    )


def providers() -> dict[str, FakeProvider]:
    found = {name: FakeProvider(rules) for name, rules in PROVIDERS.items()}
    found["missing"].refuse["GetBucketCors"] = refusal("GetBucketCors", "NoSuchBucket", 404)
    return found


def test_each_bucket_gets_its_verdict_in_the_order_of_the_settings() -> None:
    known = providers()
    verdicts = audit_buckets(settings(), connect=lambda access: known[access.bucket].connect(access))
    assert [(v.bucket, v.status) for v in verdicts] == [("broken", "repaired"), ("missing", "failed"), ("right", "ok")]
    assert summary(verdicts)["counts"] == {"ok": 1, "drifted": 0, "repaired": 1, "unsupported": 0, "failed": 1}


def test_a_bucket_that_does_not_answer_in_time_fails_alone() -> None:
    known, released = providers(), threading.Event()

    def connect(access: BucketAccess) -> Connection:
        if access.bucket == "missing":
            released.wait()
        return known[access.bucket].connect(access)

    try:
        verdicts = audit_buckets(settings(), seconds=1.0, connect=connect)
    finally:
        released.set()
    assert [(v.bucket, v.status) for v in verdicts] == [("broken", "repaired"), ("missing", "failed"), ("right", "ok")]
    assert verdicts[1].reason == "there was no answer in time"
    assert (verdicts[1].drift, verdicts[1].repaired, verdicts[1].unknown) == (False, False, False)


def test_a_verdict_on_rules_that_nobody_saw_says_nothing_about_them() -> None:
    (verdict,) = audit_buckets(settings(buckets=(settings().buckets[0],)), connect=lambda _: 1 / 0)
    assert verdict.as_document() == {
        "bucket": "broken",
        "endpoint": "",
        "mode": "repair",
        "status": "failed",
        "reason": "ZeroDivisionError: division by zero",
        "advice": "",
        "exact": None,
        "effective": None,
        "differences": [],
        "shortcomings": [],
        "risks": [],
        "drift": False,
        "rules_before": None,
        "rules_after": None,
        "probe": None,
        "error": "ProviderError",
    }


def test_a_defect_is_logged_and_fails_one_bucket_alone() -> None:
    known, logged = providers(), []

    def connect(access: BucketAccess) -> Connection:
        return known[access.bucket].connect(access) if access.bucket != "missing" else 1 / 0

    verdicts = audit_buckets(settings(mode="audit"), connect=connect, log=lambda _, extra: logged.append(extra))
    assert [v.status for v in verdicts] == ["drifted", "failed", "ok"]
    assert verdicts[1].reason == "ZeroDivisionError: division by zero"
    assert "in connect" in logged[0]["traceback"]


def test_expected_rules_that_s3_would_refuse_stop_the_audit_before_any_bucket_is_asked() -> None:
    def connect(access: BucketAccess) -> Connection:
        raise AssertionError(access)

    with pytest.raises(SettingsError, match="ExposeHeaders has"):
        audit_buckets(settings(expose_headers=("*",)), connect=connect)


def test_nothing_is_announced_for_buckets_in_order_or_without_a_bus() -> None:
    known, told = providers(), []
    verdicts = audit_buckets(settings(mode="audit"), connect=lambda access: known[access.bucket].connect(access))
    announce_drift("", verdicts, announce=lambda *event: told.append(event))
    assert told == []
    announce_drift("news", verdicts, announce=lambda *event: told.append(event))
    assert [(bus, kind, detail["bucket"]) for bus, kind, detail in told] == [("news", "CORS Drifted", "broken")]
