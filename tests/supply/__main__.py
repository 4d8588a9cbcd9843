"""`make audit`: do the pinned packages have known vulnerabilities? Says SKIPPED if the database cannot be reached.

Exit status 1 if there is one. An audit that could not ask must not stop work
without a network, and must not look like one that found nothing either.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

_AUDIT: Final = Path(sys.executable).parent / "pip-audit"
_SECONDS: Final = 120


def main(files: Sequence[str], program: Path = _AUDIT) -> int:
    """Audit each file of pinned requirements, print what came out, and return the exit status."""
    return max([_report(file, _audit(file, program)) for file in files], default=0)


def _audit(file: str, program: Path) -> list[dict[str, Any]] | None:
    """Return what is known of each package; None if nobody answered."""
    command = [program, "--disable-pip", "--require-hashes", "--progress-spinner", "off", "-f", "json", "-r", file]
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=_SECONDS)
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, json.JSONDecodeError):  # it ends with a traceback when it reaches nobody
        return None
    return found


def _report(file: str, packages: list[dict[str, Any]] | None) -> int:
    asked = [package for package in packages or [] if "vulns" in package]
    if not asked:
        print(f"audit of {file}: SKIPPED, no vulnerability service answered")
        return 0
    if unknown := [package["name"] for package in packages or [] if "vulns" not in package]:
        print(f"audit of {file}: SKIPPED for {', '.join(unknown)}")
    known = [(package, entry) for package in asked for entry in package["vulns"]]
    for package, entry in known:
        remedy = f"fixed in {', '.join(entry['fix_versions'])}" if entry.get("fix_versions") else "not fixed yet"
        print(f"audit of {file}: {package['name']} {package['version']} has {entry['id']}, {remedy}")
    print(f"audit of {file}: {len(asked)} packages, {len(known)} known vulnerabilities")
    return 1 if known else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
