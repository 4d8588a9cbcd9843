"""Environments that start from one snapshot share neither connections nor random numbers."""

import random
import sys
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from galleria_storage.runtime import snapshot

SNAP_START = {"AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start"}


@pytest.fixture
def hooks(monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[], None]]:
    """Stand in for the module that the managed runtime has."""
    found: dict[str, Callable[[], None]] = {}
    module = SimpleNamespace(
        register_before_snapshot=lambda hook: found.__setitem__("before", hook),
        register_after_restore=lambda hook: found.__setitem__("after", hook),
    )
    monkeypatch.setitem(sys.modules, "snapshot_restore_py", module)
    return found


def test_connections_are_closed_before_the_snapshot(hooks: dict[str, Callable[[], None]]) -> None:
    closed: list[bool] = []
    assert snapshot.register(lambda: closed.append(True), SNAP_START)
    assert not closed
    hooks["before"]()
    assert closed == [True]


def test_two_environments_of_one_snapshot_draw_different_numbers(hooks: dict[str, Callable[[], None]]) -> None:
    snapshot.register(env=SNAP_START)
    state = random.getstate()
    drawn = set()
    for _environment in range(2):
        random.setstate(state)
        hooks["after"]()
        drawn.add(random.random())
    assert len(drawn) == 2


@pytest.mark.parametrize("kind", ["on-demand", "provisioned-concurrency", ""])
def test_nothing_is_registered_without_a_snapshot(hooks: dict[str, Callable[[], None]], kind: str) -> None:
    assert not snapshot.register(env={"AWS_LAMBDA_INITIALIZATION_TYPE": kind})
    assert not hooks
