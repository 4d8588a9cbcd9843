"""`make mutants`: how many small faults in the code do the tests find? By cosmic-ray, on a sample of each room.

Each mutant is one small change (an operator, a number, a condition, a
decorator …) at one place. Places are drawn at random, one mutant for each, so
that an addition with ten ways to be wrong counts no more than a comparison
with five. Types in annotations do nothing at run time and are left out. The
work is done in a copy of the files that git knows. The tests nearest to the
mutated module run first, and the first that fails ends the run.
"""

import argparse
import ast
import os
import random
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import chdir
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple
from unittest.mock import patch

from cosmic_ray.mutating import mutate_and_test
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import MutationSpec, TestOutcome, WorkerOutcome, WorkItem

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
_RULES: Final = "tests/unit/test_architecture.py::test_the_house_keeps_its_rules"
_Place = tuple[int, int]
_TOOLS: Final = Path(sys.executable).parent
_CONFIGURATION: Final = """\
[cosmic-ray]
module-path = "{library}/{room}"
timeout = {seconds}
excluded-modules = []
test-command = "{tests}"

[cosmic-ray.distributor]
name = "local"
"""


class Verdict(NamedTuple):
    """The result for a room's sample.

    Attributes
    ----------
    found
        Mutants that a test failed for.
    drawn
        Mutants in all.
    """

    found: int
    drawn: int


def main() -> int:
    """Measure each room and print what survived and the score; exit status 1 below `--least`."""
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
        score = verdict.found / verdict.drawn if verdict.drawn else 1.0
        lowest = min(lowest, score)
        print(f"{room}: {verdict.found} of {verdict.drawn} mutants found ({score:.0%}), seed {arguments.seed}")
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
    tests = _tests(copy, room)
    text = _CONFIGURATION.format(library=_LIBRARY, room=room, seconds=seconds, tests=_command(tests))
    (copy / "mutants.toml").write_text(text, encoding="utf-8")
    environment = {"PYTHONPATH": os.pathsep.join(str(copy / part) for part in (_LIBRARY.parent, "cli", "."))}
    with chdir(copy), patch.dict(os.environ, environment):
        _cosmic_ray("baseline", "mutants.toml")  # all tests must pass without a mutant
        _cosmic_ray("init", "mutants.toml", "mutants.sqlite")
        with use_db("mutants.sqlite", WorkDB.Mode.open) as work:
            drawn = _draw(work.work_items, sample, random.Random(seed))
        found = [_is_found(mutation, tests, seconds) for mutation in drawn]
    return Verdict(sum(found), len(found))


def _is_found(mutation: MutationSpec, tests: Mapping[Path, str], seconds: int) -> bool:
    """Whether a test fails for a mutant; one that survives is printed at once, as a diff."""
    result = mutate_and_test([mutation], _command(_nearest_first(mutation.module_path, tests)), seconds)
    if result.worker_outcome is not WorkerOutcome.NORMAL:
        sys.exit(f"cosmic-ray could not make or test {mutation}:\n{result.output}")
    if result.test_outcome is TestOutcome.SURVIVED:
        print(result.diff, flush=True)
        return False
    return True


def _tests(copy: Path, room: str) -> Mapping[Path, str]:
    """Return the texts of the test modules that a room's mutants have to get past."""
    named = [copy / name for name in _OTHERS.get(room, "").split()]
    own = sorted((copy / "tests/unit" / room).rglob("test_*.py"))
    return {path.relative_to(copy): path.read_text(encoding="utf-8") for path in (*own, *named)}


def _nearest_first(module: Path, tests: Mapping[Path, str]) -> list[Path]:
    """Put the tests that are likeliest to fail for a module's mutants first, since one failure ends the run."""
    name = ".".join(module.relative_to(_LIBRARY).with_suffix("").parts)
    named = f"test_{module.stem.lstrip('_')}.py"
    folder = Path("tests/unit", *module.relative_to(_LIBRARY).parent.parts)

    def distance(test: Path) -> tuple[bool, bool, bool]:
        return test.name != named, name not in tests[test], folder not in test.parents

    return sorted(tests, key=distance)


def _command(tests: Iterable[Path]) -> str:
    options = ["-x", "-q", "-p", "no:cacheprovider", "-W", "ignore"]
    return shlex.join([sys.executable, "-m", "pytest", *options, *map(str, tests), _RULES])


def _cosmic_ray(*words: str) -> None:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}  # bytecode of a mutant could outlive it
    done = subprocess.run([_TOOLS / "cosmic-ray", *words], env=environment, check=False, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"cosmic-ray {words[0]} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")


def _draw(items: Iterable[WorkItem], sample: int, luck: random.Random) -> list[MutationSpec]:
    """Draw a sample of the places, and one mutant for each."""
    places: dict[tuple[Path, _Place], list[MutationSpec]] = defaultdict(list)
    for item in items:
        (mutation,) = item.mutations
        if not _in_annotation(mutation):
            places[mutation.module_path, mutation.start_pos].append(mutation)
    drawn = luck.sample(sorted(places), min(sample, len(places)))
    return [luck.choice(sorted(places[place], key=_order)) for place in drawn]


def _order(mutation: MutationSpec) -> tuple[str, int, str]:
    return mutation.operator_name, mutation.occurrence, repr(mutation.operator_args)


def _in_annotation(mutation: MutationSpec) -> bool:
    return any(start <= mutation.start_pos < end for start, end in _annotations(mutation.module_path))


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
