"""The demo's second half: `audit_cors` with missing, right and broken rules."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from galleria_cli.demo.embedded import PUBLIC_BUCKET, EmbeddedSystem

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import CORSRuleTypeDef

_BROKEN: Final[list["CORSRuleTypeDef"]] = [
    {"AllowedMethods": ["PUT"], "AllowedOrigins": ["https://somewhere-else.example"], "MaxAgeSeconds": 5}
]
_STEPS: Final = (
    ("none yet", "repaired"),
    ("as the function left them", "ok"),
    ("broken on purpose", "repaired"),
    ("checked again", "ok"),
)


@dataclass
class Verdicts:
    """One row per audit, and what is wrong."""

    rows: list[tuple[str, str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def break_and_repair(system: EmbeddedSystem) -> Verdicts:
    """Audit the public bucket four times; break its rules in between."""
    verdicts = Verdicts()
    for state, wanted in _STEPS:
        if state == "broken on purpose":
            system.s3.put_bucket_cors(Bucket=PUBLIC_BUCKET, CORSConfiguration={"CORSRules": _BROKEN})
        [bucket] = system.audit_cors({"source": "aws.events"}, None)["buckets"]
        rules = system.s3.get_bucket_cors(Bucket=PUBLIC_BUCKET)["CORSRules"]
        words = "; ".join(
            f"{' '.join(rule['AllowedMethods'])} from {' '.join(rule['AllowedOrigins'])}" for rule in rules
        )
        verdicts.rows.append((state, bucket["status"], words))
        if bucket["status"] != wanted:
            verdicts.problems.append(f"CORS rules {state}: {bucket['status']}, expected {wanted}")
        if words != "GET HEAD from *":
            verdicts.problems.append(f"CORS rules {state}: {words} afterwards, expected GET HEAD from *")
    return verdicts
