"""A sample of the schedules that `make model` runs by the ten thousand, and proof that they find a broken protocol."""

from typing import Any

import pytest

from galleria_storage.publishing.publisher import Publisher
from tests.model.mutants import MUTANTS, Mutant
from tests.model.plan import PROVIDERS
from tests.model.promise import Violation
from tests.model.strands import Strands
from tests.model.world import run_schedule

SCHEDULES = 150


def run_schedules(seeds: range, *how: Any) -> None:
    strands = Strands(4)
    for seed in seeds:
        run_schedule(seed, strands, *how)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_exactly_one_correct_copy_comes_out_whatever_fails_in_between(provider: str) -> None:
    run_schedules(range(SCHEDULES), Publisher, provider)


def test_a_seed_tells_the_same_story_again() -> None:
    assert run_schedule(7, Strands(4)).log == run_schedule(7, Strands(4)).log


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda m: f"{m.name}, provider {m.provider}")
def test_the_model_finds_a_protocol_with(mutant: Mutant) -> None:
    with pytest.raises(Violation):
        run_schedules(range(3000), mutant.publisher_class(), mutant.provider, mutant.scope)
