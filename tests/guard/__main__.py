"""cfn-guard with the rules of AWS Control Tower over the translated template (`make check-guard`).

A finding needs a reason beside its resource, in `Metadata: guard: skip`; a reason without a finding has to go.
"""

import json
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.support.stack.template import Stack, source
from tests.support.stack.translation import translated

_PACKAGE: Final = Path(__file__).parent / "node_modules/@cdklabs/cdk-validator-cfnguard"
_RULES: Final = _PACKAGE / "rules/control-tower/cfn-guard"
_SYSTEMS: Final = {"Linux": "ubuntu", "Darwin": "macos"}
_PROCESSORS: Final = {"arm64": "aarch64", "AMD64": "x86_64"}
_COMPLIES, _BREAKS_RULES = 0, 19  # cfn-guard's exit codes; all others are errors of its own

# Together these have every resource of the template.
STACKS: Final[Mapping[str, Mapping[str, str]]] = {
    "default": {},
    "public-read": {"PublicAccess": "public-read", "AlarmEmail": "someone@example.com"},
}


class Finding(NamedTuple):
    """A rule of Control Tower, such as CT.S3.PR.9, that a resource breaks."""

    rule: str
    resource: str


def judged(templates: Mapping[str, Any]) -> dict[Finding, str]:
    """Run cfn-guard over templates by name; return what each finding asks for."""
    system, processor = platform.system(), platform.machine()
    program = _PACKAGE / "bin" / _SYSTEMS.get(system, system) / _PROCESSORS.get(processor, processor) / "cfn-guard"
    with tempfile.TemporaryDirectory(prefix="guard-") as folder:
        for name, template in templates.items():
            Path(folder, f"{name}.json").write_text(json.dumps(template), encoding="utf-8")
        command: list[str | Path] = [program, "validate", "--rules", _RULES, "--data", folder]
        command += ["--structured", "--output-format", "json", "--show-summary", "none"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (_COMPLIES, _BREAKS_RULES):
        sys.exit(f"cfn-guard ended with {done.returncode}: {done.stderr[-2000:]}")
    reports = json.loads(done.stdout)
    if len(reports) != len(templates):
        sys.exit(f"cfn-guard judged {len(reports)} templates of {len(templates)}: {done.stderr[-2000:]}")
    return dict(found for report in reports for broken in report["not_compliant"] for found in _findings(broken))


def _findings(broken: dict[str, Any]) -> Iterator[tuple[Finding, str]]:
    written = json.dumps(broken)
    rule, asks = re.findall(r"\[(CT\.[A-Z0-9.]+)\]: (.*?)\\n", written)[0]
    resources = set(re.findall(r'"path": "/Resources/(\w+)', written)) or {"(no resource)"}
    return ((Finding(rule, resource), asks) for resource in resources)


def reasons() -> dict[Finding, str]:
    """Return the reasons given in the template."""
    return {
        Finding(entry["id"], name): str(entry.get("comment", "")).strip()
        for name, resource in source()["Resources"].items()
        for entry in resource.get("Metadata", {}).get("guard", {}).get("skip", [])
    }


def main() -> int:
    """Print all findings with their reasons; return 1 if one has none, or a reason has lost its finding."""
    template = translated()
    templates = {}
    for name, parameters in STACKS.items():
        stack = Stack(parameters, template)
        resources = {key: stack.chosen(template["Resources"][key]) for key in stack.present}
        templates[name] = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}
    found, known = judged(templates), reasons()
    for finding, asks in sorted(found.items()):
        reason = known.get(finding) or "NO REASON beside it in template.yaml (Metadata: guard: skip)"
        sys.stdout.write(f"{finding.rule} {finding.resource}: {asks}\n    {reason}\n")
    for finding in sorted(known.keys() - found.keys()):
        sys.stdout.write(f"{finding.rule} {finding.resource}: NO FINDING any more; take its reason out\n")
    wrong = {finding for finding in found if not known.get(finding)} | (known.keys() - found.keys())
    rules = len(list(_RULES.rglob("*.guard")))
    sys.stdout.write(f"cfn-guard: {rules} rules, {len(found)} findings, {len(wrong)} without a reason or out of date\n")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
