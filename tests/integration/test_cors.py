"""CORS rules on a real server: read, compared, repaired, by the library, the function and the command."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from galleria_cli.console import main
from galleria_storage.cors import all_buckets
from galleria_storage.cors.cors_settings import CorsSettings, CorsTarget
from galleria_storage.cors.rules import default_gallery_rules
from galleria_storage.errors import ProviderError
from tests.support.functions.function import Function
from tests.support.servers import S3Server
from tests.support.servers.bucket_names import bucket_name

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BROKEN: Any = [{"AllowedOrigins": ["https://admin.example"], "AllowedMethods": ["PUT"], "ID": "admin tool"}]


def put(s3: "S3Client", bucket: str, rules: Any) -> None:
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": rules})


@pytest.fixture
def bucket(s3: "S3Client") -> str:
    """One bucket for each test: rules belong to the whole bucket."""
    name = bucket_name("cors")
    s3.create_bucket(Bucket=name)
    return name


@pytest.fixture
def environment(server: S3Server, bucket: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def set_environment(**settings: str) -> None:
        values = {
            "S3_PUBLIC_BUCKET": bucket,
            **server.as_public,
            "S3_PUBLIC_PROFILE": server.profile,
            "AWS_REGION": "us-east-1",
        }
        for name, value in (values | settings).items():
            monkeypatch.setenv(name, value)

    set_environment()
    return set_environment


@pytest.fixture
def audit_cors() -> Function:
    return Function("audit_cors")


@pytest.mark.usefixtures("keeps_rules")
@pytest.mark.parametrize("rules", [None, BROKEN])
def test_missing_and_wrong_rules_are_repaired_once(s3: "S3Client", server: S3Server, bucket: str, rules: Any) -> None:
    if rules:
        put(s3, bucket, rules)
    settings = CorsSettings(mode="repair", buckets=(CorsTarget(server.access(bucket)),))
    assert [v.status for v in all_buckets.audit_buckets(settings)] == ["repaired"]
    [verdict] = all_buckets.audit_buckets(settings)
    assert (verdict.status, verdict.exact, verdict.effective) == ("ok", True, True)
    [rule] = s3.get_bucket_cors(Bucket=bucket)["CORSRules"]
    assert {k: sorted(v) if isinstance(v, list) else v for k, v in rule.items()} == default_gallery_rules()[0]


@pytest.mark.usefixtures("keeps_rules")
def test_merge_keeps_the_rule_of_another_tool(s3: "S3Client", server: S3Server, bucket: str) -> None:
    put(s3, bucket, BROKEN)
    settings = CorsSettings(mode="merge", buckets=(CorsTarget(server.access(bucket)),))
    [verdict] = all_buckets.audit_buckets(settings)
    assert (verdict.status, verdict.effective) == ("repaired", True)
    assert any(rule["AllowedMethods"] == ["PUT"] for rule in s3.get_bucket_cors(Bucket=bucket)["CORSRules"])
    assert [v.status for v in all_buckets.audit_buckets(settings)] == ["ok"]


@pytest.mark.usefixtures("keeps_rules")
def test_a_bucket_that_does_not_exist_does_not_stop_the_others(server: S3Server, bucket: str) -> None:
    accesses = (server.access("no-such-bucket-here"), server.access(bucket))
    missing, present = all_buckets.audit_buckets(CorsSettings(mode="audit", buckets=tuple(map(CorsTarget, accesses))))
    assert (missing.status, missing.error) == ("failed", "BucketNotFoundError")
    assert present.status == "drifted"


def test_a_provider_without_cors_rules_is_unsupported(server: S3Server, bucket: str) -> None:
    if server.name != "juicefs":
        pytest.skip(f"{server.name} is not the one that answers 501")
    for mode in ("audit", "repair", "merge"):
        [verdict] = all_buckets.audit_buckets(CorsSettings(mode=mode, buckets=(CorsTarget(server.access(bucket)),)))
        assert (verdict.status, verdict.error) == ("unsupported", "UnsupportedOperationError")


@pytest.mark.usefixtures("keeps_rules", "environment")
def test_the_function_repairs_and_returns_a_verdict_with_the_old_rules(
    audit_cors: Function, s3: "S3Client", bucket: str
) -> None:
    put(s3, bucket, BROKEN)
    result = audit_cors({"source": "aws.events"})
    assert result["counts"] == {"ok": 0, "drifted": 0, "repaired": 1, "unsupported": 0, "failed": 0}
    assert result["buckets"][0]["rules_before"][0]["AllowedMethods"] == ["PUT"]
    json.dumps(result)
    replacing, verdict = audit_cors.logged()
    assert replacing["rules_before"][0]["AllowedMethods"] == ["PUT"]
    assert (verdict["message"], verdict["bucket"]) == ("repaired", bucket)
    assert "secret" not in str(audit_cors.printed)


@pytest.mark.usefixtures("keeps_rules", "environment")
def test_the_function_counts_for_each_bucket_and_for_all(audit_cors: Function, bucket: str) -> None:
    audit_cors({"source": "aws.events"})
    metrics = [line for line in audit_cors.printed if "_aws" in line]
    assert [(line.get("Bucket"), line["CorsDrift"], line["CorsRepaired"], line["CorsFailed"]) for line in metrics] == [
        (bucket, [1.0], [1.0], [0.0]),
        (None, [1.0], [1.0], [0.0]),
    ]


@pytest.mark.usefixtures("keeps_rules")
def test_a_failure_fails_the_invocation_after_all_buckets_were_tried(
    audit_cors: Function, environment: Callable[..., None], s3: "S3Client", bucket: str
) -> None:
    environment(CORS_BUCKETS=f"no-such-bucket-here,{bucket}")
    with pytest.raises(ProviderError, match="1 of 2 buckets failed: no-such-bucket-here: "):
        audit_cors({})
    assert s3.get_bucket_cors(Bucket=bucket)["CORSRules"]


@pytest.mark.usefixtures("keeps_rules")
def test_drift_and_repair_are_announced_on_the_event_bus(
    audit_cors: Function, environment: Callable[..., None], bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, str, Any]] = []
    monkeypatch.setattr(
        audit_cors.module,
        "announce_drift",
        lambda bus, verdicts: all_buckets.announce_drift(bus, verdicts, announce=lambda *event: told.append(event)),
    )
    for mode in ("audit", "repair", "repair"):
        environment(EVENT_BUS_NAME="news", CORS_MODE=mode)
        audit_cors({})
    assert [(bus, kind, detail["bucket"], detail["status"]) for bus, kind, detail in told] == [
        ("news", "CORS Drifted", bucket, "drifted"),
        ("news", "CORS Repaired", bucket, "repaired"),
    ]
    assert all("rules_before" not in detail for _, _, detail in told)


@pytest.mark.usefixtures("keeps_rules", "environment")
def test_the_guard_before_a_deployment(s3: "S3Client", bucket: str, capsys: pytest.CaptureFixture[str]) -> None:
    put(s3, bucket, BROKEN)
    before = s3.get_bucket_cors(Bucket=bucket)["CORSRules"]
    assert main(["cors", "check"]) == 1
    assert "--setup-cors" in capsys.readouterr().out
    assert s3.get_bucket_cors(Bucket=bucket)["CORSRules"] == before
    assert main(["cors", "check", "--setup-cors"]) == 0
    printed = capsys.readouterr()
    assert "repaired" in printed.out
    assert "admin tool" in printed.err
    assert main(["cors", "check"]) == 0


@pytest.mark.usefixtures("keeps_rules", "environment")
def test_the_command_merges_and_prints_json(s3: "S3Client", bucket: str, capsys: pytest.CaptureFixture[str]) -> None:
    put(s3, bucket, BROKEN)
    assert main(["cors", "repair", "--merge", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["buckets"][0]["status"] == "repaired"
    assert main(["cors", "check", "--merge"]) == 0
    assert main(["cors", "check"]) == 1


def test_what_could_not_be_checked_is_status_2(
    environment: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    environment(S3_PUBLIC_BUCKET="no-such-bucket-here")
    assert main(["cors", "check"]) == 2
    environment(CORS_RULES="[{}]")
    assert main(["cors", "check"]) == 2
    assert "AllowedOrigins and AllowedMethods need at least one value each" in capsys.readouterr().err


@pytest.mark.usefixtures("keeps_rules")
def test_a_setting_that_is_almost_right_is_pointed_out(
    audit_cors: Function, environment: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    environment(CORS_MODES="audit")
    note = "the environment variable 'CORS_MODES' is not read; CORS_MODE may be meant"
    audit_cors({"source": "aws.events"})
    assert note in [line["message"] for line in audit_cors.logged()]
    assert main(["cors", "check"]) == 0
    assert note in capsys.readouterr().err
