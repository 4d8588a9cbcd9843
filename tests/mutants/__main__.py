"""`make mutants`: how many small faults in the code do the tests find? By cosmic-ray, on a sample of each room.

Each mutant is one small change (an operator, a number, a condition, a
decorator …) at one place. Places are drawn at random, one mutant for each, so
that an addition with ten ways to be wrong counts no more than a comparison
with five. Types in annotations do nothing at run time and are left out. The
work is done in a copy of the files that git knows.
"""

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import MutationSpec, TestOutcome, WorkerOutcome, WorkResult

_ROOT: Final = Path(__file__).parents[2]
_LIBRARY: Final = Path("layers/galleria_storage/galleria_storage")
_ROOMS: Final = ("photos", "publishing", "transfer", "cors")
#: Tests of a room that are outside its own folder.
_OTHERS: Final[Mapping[str, str]] = {
    "cors": "tests/unit/test_settings.py tests/integration/test_cors.py",
    "publishing": "tests/unit/test_settings.py tests/unit/test_publish_handler.py "
    "tests/integration/test_conformance_publish.py",
    "transfer": "tests/unit/test_s3_storage.py tests/unit/publishing/test_body.py tests/unit/publishing/test_proof.py "
    "tests/unit/publishing/test_part_checksums.py tests/unit/publishing/test_copied_parts.py "
    "tests/integration/test_uploads.py tests/integration/test_conformance_uploads.py",
}
_Place = tuple[int, int]
_TOOLS: Final = Path(sys.executable).parent
_CONFIGURATION: Final = """\
[cosmic-ray]
module-path = "{library}/{room}"
timeout = {seconds}
excluded-modules = []
test-command = "{python} -m pytest -x -q -p no:cacheprovider -W ignore tests/unit/{room} {others}"

[cosmic-ray.distributor]
name = "local"
"""


class Verdict(NamedTuple):
    """What became of a room's sample.

    Attributes
    ----------
    found
        Mutants that a test failed for.
    survivors
        The changes that no test noticed, as diffs.
    """

    found: int
    survivors: list[str]


def main() -> int:
    """Measure each room and print its score and what survived; exit status 1 below `--least`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rooms", nargs="*", default=_ROOMS, help=f"folders of the library; default: {' '.join(_ROOMS)}")
    parser.add_argument("--sample", type=int, default=40, help="mutants of each room")
    parser.add_argument("--seed", type=int, default=1, help="decides which")
    parser.add_argument("--seconds", type=int, default=300, help="after which a mutant counts as found")
    parser.add_argument("--least", type=float, default=0.0, help="share that has to be found")
    arguments = parser.parse_args()
    lowest = 1.0
    for room in arguments.rooms:
        with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
            copy = _copy(Path(folder) / "copy")
            verdict = _measure(copy, room, arguments.sample, arguments.seed, arguments.seconds)
        total = verdict.found + len(verdict.survivors)
        score = verdict.found / total if total else 1.0
        lowest = min(lowest, score)
        print(f"{room}: {verdict.found} of {total} mutants found ({score:.0%}), seed {arguments.seed}", flush=True)
        for survivor in verdict.survivors:
            print(f"\n{survivor}", flush=True)
    return 0 if lowest >= arguments.least else 1


def _copy(target: Path) -> Path:
    """Copy what git knows, so that nothing of the checkout is ever changed."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=_ROOT, check=True, capture_output=True, text=True).stdout
    for name in listed.split("\0"):
        if name and (_ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(_ROOT / name, target / name)
    return target


def _measure(copy: Path, room: str, sample: int, seed: int, seconds: int) -> Verdict:
    text = _CONFIGURATION.format(
        library=_LIBRARY, room=room, others=_OTHERS.get(room, ""), seconds=seconds, python=sys.executable
    )
    (copy / "mutants.toml").write_text(text, encoding="utf-8")
    _cosmic_ray(copy, "baseline", "mutants.toml")  # all tests must pass without a mutant
    _cosmic_ray(copy, "init", "mutants.toml", "mutants.sqlite")
    with use_db(str(copy / "mutants.sqlite"), WorkDB.Mode.open) as work:
        _draw(copy, work, sample, random.Random(seed))
    _cosmic_ray(copy, "exec", "mutants.toml", "mutants.sqlite")
    with use_db(str(copy / "mutants.sqlite"), WorkDB.Mode.open) as work:
        done = [result for _, result in work.results if result.worker_outcome is not WorkerOutcome.SKIPPED]
    survived = [result.diff or "" for result in done if result.test_outcome is TestOutcome.SURVIVED]
    return Verdict(len(done) - len(survived), survived)


def _cosmic_ray(copy: Path, *words: str) -> None:
    path = os.pathsep.join(str(copy / part) for part in (_LIBRARY.parent, "cli", "."))
    env = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}  # bytecode of a mutant could outlive it
    done = subprocess.run(
        [_TOOLS / "cosmic-ray", *words], cwd=copy, env=env, check=False, capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(f"cosmic-ray {words[0]} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")


def _draw(copy: Path, work: Any, sample: int, luck: random.Random) -> None:
    """Leave a sample of the places, with one mutant each; mark all other mutants as skipped."""
    places: dict[tuple[str, tuple[int, int]], list[str]] = defaultdict(list)
    for item in work.work_items:
        (mutation,) = item.mutations
        if not _in_annotation(copy / mutation.module_path, mutation):
            places[str(mutation.module_path), mutation.start_pos].append(item.job_id)
    drawn = luck.sample(sorted(places), min(sample, len(places)))
    kept = {luck.choice(sorted(places[place])) for place in drawn}
    others = [item.job_id for item in work.work_items if item.job_id not in kept]
    work.set_multiple_results(others, WorkResult(worker_outcome=WorkerOutcome.SKIPPED))


def _in_annotation(module: Path, mutation: MutationSpec) -> bool:
    return any(start <= mutation.start_pos < end for start, end in _annotations(module))


@cache
def _annotations(module: Path) -> Sequence[tuple[_Place, _Place]]:
    """Return where annotations begin and end, as (line, column)."""
    parts = [
        part
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        for part in (getattr(node, "annotation", None), getattr(node, "returns", None))
        if isinstance(part, ast.expr)
    ]
    return [((part.lineno, part.col_offset), (part.end_lineno or 0, part.end_col_offset or 0)) for part in parts]


if __name__ == "__main__":
    sys.exit(main())
