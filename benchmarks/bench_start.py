"""How long the command takes to say what it does (`make bench-start`): --help of every subcommand.

The shortest of several runs counts: on a machine with other work, longer ones measure that work. Printed beside it
are the processor time, and what an empty Python takes on the same machine.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Final, NamedTuple

from galleria_cli.console import COMMANDS
from galleria_cli.text_table import render

#: Milliseconds that a start may take.
ALLOWED: Final = 100
_CODE: Final = "import sys; from galleria_cli.console import main; sys.exit(main())"


class Start(NamedTuple):
    """Milliseconds of one start: on the clock, and of the processor."""

    wall: float
    cpu: float


def shortest(arguments: Sequence[str], runs: int) -> Start:
    """Start a program some times, and return the shortest of each."""
    walls, cpus = [], []
    for _ in range(runs):
        before, began = os.times(), time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
        after = os.times()
        walls.append(time.perf_counter() - began)
        cpus.append(after.children_user - before.children_user + after.children_system - before.children_system)
    return Start(1000 * min(walls), 1000 * min(cpus))


def main() -> int:
    """Print the table; exit status 1 if a start takes too long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10)
    runs = parser.parse_args().runs
    starts = {"(an empty Python)": shortest(["-c", ""], runs)}
    starts["(the overview)"] = shortest(["-c", _CODE, "--help"], runs)
    starts |= {name: shortest(["-c", _CODE, name, "--help"], runs) for name in COMMANDS}
    rows = [(name, f"{start.wall:.0f}", f"{start.cpu:.0f}") for name, start in starts.items()]
    print(render(("--help of", "ms", "ms of processor"), rows, right=frozenset({1, 2})))
    slow = [name for name, start in starts.items() if start.wall > ALLOWED]
    print(f"above {ALLOWED} ms: {', '.join(slow) or 'none'}")
    return int(bool(slow))


if __name__ == "__main__":
    sys.exit(main())
