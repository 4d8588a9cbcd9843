"""Every shape of the template, translated from SAM, judged by references; its structures by cfn-lint in all partitions.

Run by `make check-shapes` in `.venv-sam`.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import product
from multiprocessing import Pool
from pathlib import Path
from typing import Any, Final

from tests.support.stack.shapes import DETAILS, Parameters, faults, structures
from tests.support.stack.template import PSEUDO, Stack
from tests.support.stack.translation import translated

#: One region of each partition. The CDN is in the first alone, and CdnLogs needs us-east-1.
REGIONS: Final = ("us-east-1", "us-gov-west-1", "cn-north-1")
_LINT: Final = Path(sys.executable).with_name("cfn-lint")
#: Warnings: in a structure many parameters have no use left.
_IGNORED: Final = "W"


def details() -> Iterator[Parameters]:
    """Yield every choice of details."""
    for parts in product(*DETAILS):
        yield {name: value for part in parts for name, value in part.items()}


def judge(structure: Parameters) -> tuple[int, list[str]]:
    """Judge all shapes of one structure; return how many there are and what is wrong."""
    template = translated(structure)
    count, wrong = 0, []
    for detail in details():
        stack = Stack({**structure, **detail}, template)
        if stack.refusals():
            continue
        count += 1
        wrong += [f"{dict(structure)} {dict(detail)}: {fault}" for fault in faults(stack)]
    return count, wrong


def lint(region: str, folder: Path) -> list[str]:
    """Run cfn-lint over the structures that exist in a region."""
    pseudo = {"AWS::Region": region}
    files = []
    for number, structure in enumerate(structures(pseudo)):
        files.append(folder / f"{region}-{number}.json")
        files[-1].write_text(json.dumps(decided(Stack(structure, translated(structure), pseudo))), encoding="utf-8")
    command: list[str | Path] = [_LINT, "--regions", region, "--ignore-checks", _IGNORED, "--format", "parseable", "--"]
    done = subprocess.run([*command, *files], capture_output=True, text=True, check=False)
    sys.stdout.write(f"{region}: cfn-lint over {len(files)} structures\n")
    return [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]


def decided(stack: Stack) -> dict[str, Any]:
    """Return a template whose conditions are decided; what is a number to a parameter stays one."""
    parameters = {
        name: {"Type": entry["Type"], "Default": stack.parameters[name]}
        for name, entry in stack.template["Parameters"].items()
    }
    resources = {name: without_notes(stack.chosen(stack.template["Resources"][name])) for name in sorted(stack.present)}
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Parameters": parameters,
        "Mappings": stack.template["Mappings"],
        "Resources": resources,
    }


def without_notes(resource: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is said to the checkers, and the condition, which is decided."""
    return {key: value for key, value in resource.items() if key not in ("Metadata", "Condition")}


def main() -> int:
    """Print what is wrong; return 1 if anything is."""
    with Pool(2) as pool:
        judged = pool.map(judge, list(structures()), chunksize=4)
    wrong = [fault for _, faults_found in judged for fault in faults_found]
    sys.stdout.write(f"{sum(count for count, _ in judged)} shapes of {len(judged)} structures\n")
    with tempfile.TemporaryDirectory(prefix="shapes-") as folder:
        for region in REGIONS:
            wrong += lint(region, Path(folder))
    for fault in wrong[:100]:
        sys.stdout.write(f"{fault}\n")
    sys.stdout.write(f"{len(wrong)} findings\n")
    return bool(wrong)


if __name__ == "__main__":
    assert PSEUDO["AWS::Region"] == REGIONS[0]
    sys.exit(main())
