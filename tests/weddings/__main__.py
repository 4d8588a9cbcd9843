"""`python -m tests.weddings`: how often proposals are wrong, on many generated weddings.

A proposal that is `right`, `certain` or `likely` is wrong if the times that it gives to the camera's photos are off
by more than the tolerance that it states (and a second, since clocks show whole seconds) for the photo in the middle.
"""

import argparse
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from statistics import median
from typing import Final, NamedTuple

from galleria_storage.clocks.proposals import Proposal, propose
from tests.support.weddings.wedding import Truth, wedding

_STATED: Final = ("right", "certain", "likely")
_MOST_WRONG: Final = 0.01


class Result(NamedTuple):
    """The result for one camera."""

    seed: int
    camera: str
    role: str
    fault: str
    source: str
    confidence: str
    wrong: bool
    off: float


def judged(seed: int) -> list[Result]:
    """Judge the proposals for one wedding."""
    made = wedding(seed)
    return [_judged(seed, one, made.truths[one.camera.name]) for one in propose(made.shots)]


def _judged(seed: int, proposal: Proposal, truth: Truth) -> Result:
    offs = [
        (moment - truth.moments[shot.name]).total_seconds()
        for shot in proposal.camera.timed
        if (moment := proposal.moment(shot)) is not None
    ]
    off = median(offs) if offs else 0.0
    allowed = (proposal.tolerance + timedelta(seconds=1)).total_seconds()
    source = next((piece.source for piece in proposal.evidence), "nothing")
    wrong = proposal.confidence in _STATED and abs(off) > allowed
    fault = truth.clock.fault
    return Result(seed, truth.name, truth.role, fault, source, proposal.confidence, wrong, off)


def table(results: list[Result]) -> Iterator[str]:
    """Yield the lines of the table."""
    counts, wrong = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for one in results:
        counts[one.confidence, one.source] += 1
        wrong[one.confidence, one.source] += one.wrong
    yield "| confidence | decided by | proposals | wrong |"
    yield "|---|---|---|---|"
    for confidence in (*_STATED, "guess", "unknown"):
        for (said, source), count in sorted(counts.items()):
            if said == confidence:
                yield f"| {said} | {source} | {count} | {wrong[said, source] if said in _STATED else ''} |"


def main() -> int:
    """Print the table; fail if more than one of a hundred proposals is wrong."""
    parser = argparse.ArgumentParser(prog="tests.weddings")
    parser.add_argument("--weddings", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1000)
    given = parser.parse_args()
    with ProcessPoolExecutor() as pool:
        results = [one for found in pool.map(judged, range(given.seed, given.seed + given.weddings)) for one in found]
    print("\n".join(table(results)))
    for confidences in (("certain", "likely"), _STATED):
        stated = [one for one in results if one.confidence in confidences]
        wrong = sum(one.wrong for one in stated)
        print(f"\n{wrong} of {len(stated)} proposals that are {' or '.join(confidences)} are wrong.")
    for one in results:
        if one.wrong:
            print(f"seed {one.seed}: {one.camera} ({one.role}, {one.fault}), {one.source}, off by {one.off:.0f} s")
    met = [one for one in results if one.role in {"professional", "guest"}]
    found = [one for one in met if one.confidence in _STATED and not one.wrong]
    print(f"{len(found)} of {len(met)} clocks of cameras that were there are known.")
    stated = [one for one in results if one.confidence in {"certain", "likely"}]
    return int(sum(one.wrong for one in stated) > _MOST_WRONG * len(stated))


if __name__ == "__main__":
    raise SystemExit(main())
