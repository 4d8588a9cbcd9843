"""A sample of the schedules that `make model` runs by the ten thousand, and the proof that they find what is broken."""

import pytest

from galleria_storage.publishing.publisher import Publisher
from tests.model.mutants import MUTANTS, Mutant
from tests.model.plan import PROVIDERS
from tests.model.strands import Strands
from tests.model.world import Violation, run_schedule

SCHEDULES = 150


def run_schedules(seeds: range, strands: Strands, publisher_class: type[Publisher], provider: str) -> None:
    for seed in seeds:
        run_schedule(seed, strands, publisher_class, provider)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_exactly_one_correct_copy_comes_out_whatever_fails_in_between(provider: str) -> None:
    run_schedules(range(SCHEDULES), Strands(4), Publisher, provider)


def test_a_seed_tells_the_same_story_again() -> None:
    assert run_schedule(7, Strands(4)).log == run_schedule(7, Strands(4)).log


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda m: f"{m.name}, provider {m.provider}")
def test_the_model_finds_a_protocol_with(mutant: Mutant) -> None:
    broken, strands = mutant.publisher_class(), Strands(4)
    with pytest.raises(Violation):
        run_schedules(range(3000), strands, broken, mutant.provider)
