# ruff: noqa: T201 # a command speaks by printing
"""Run many schedules: `python -m tests.model --schedules N [--seed S]`; one seed: `--schedules 1 --seed S`."""

import argparse
import random
import sys
import time

from tests.model.plan import PROVIDERS
from tests.model.strands import Strands
from tests.model.world import run_schedule


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.model", description=__doc__)
    parser.add_argument("--schedules", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=None, help="the first seed; the others count up from it")
    parser.add_argument("--provider", choices=PROVIDERS, default=None)
    options = parser.parse_args()
    first = random.SystemRandom().randrange(10**9) if options.seed is None else options.seed
    strands, started = Strands(4), time.monotonic()
    statuses: dict[str, int] = {}
    for seed in range(first, first + options.schedules):
        try:
            world = run_schedule(seed, strands, provider=options.provider)
        except BaseException:
            provider = f" --provider {options.provider!r}" if options.provider else ""
            print(f"\nFAILED. Replay: python -m tests.model --schedules 1 --seed {seed}{provider}\n", file=sys.stderr)
            raise
        for outcome in world.promise.outcomes:
            statuses[outcome.status] = statuses.get(outcome.status, 0) + 1
    seconds = time.monotonic() - started
    print(f"{options.schedules} schedules from seed {first}: the promise held. {seconds:.0f} s. Outcomes: {statuses}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
