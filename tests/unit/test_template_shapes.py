"""No shape of the template refers to something missing; a sample here, all of them in `make check-shapes`."""

import random
from copy import deepcopy
from itertools import product
from typing import Any

import pytest

from tests.support.stack.shapes import DETAILS, faults, structures
from tests.support.stack.template import Stack, source


def test_no_structure_refers_to_what_it_does_not_have() -> None:
    assert {fault for structure in structures() for fault in faults(Stack(structure))} == set()


def test_no_detail_does_either() -> None:
    chance, details, found = random.Random(1), list(product(*DETAILS)), set()
    for structure in structures():
        chosen = {name: value for part in chance.choice(details) for name, value in part.items()}
        if not (stack := Stack({**structure, **chosen})).refusals():
            found |= set(faults(stack))
    assert found == set()


def test_every_parameter_that_a_condition_reads_is_among_the_shapes() -> None:
    read = {name for condition in source()["Conditions"].values() for name in _parameters(condition)}
    varied = {name for structure in structures() for name in structure}
    varied |= {name for part in DETAILS for choice in part for name in choice}
    assert read <= varied


@pytest.mark.parametrize(
    ("resource", "change", "fault"),
    [
        ("Distribution", {"Condition": "PublicRead"}, "PublishPhotoRole refers to Distribution"),
        ("StagingBucket", {"DependsOn": "CachePolicy"}, "StagingBucket refers to CachePolicy"),
        ("AlarmTopic", {"Condition": "HasAlarmEmail"}, "FailureAlarm refers to AlarmTopic"),
    ],
)
def test_a_reference_to_what_a_shape_does_not_have_is_found(resource: str, change: dict[str, str], fault: str) -> None:
    template = deepcopy(source())
    template["Resources"][resource].update(change)
    found = {f for structure in structures() for f in faults(Stack(structure, template))}
    assert [f for f in found if f.startswith(fault)]


def _parameters(node: Any) -> set[str]:
    if isinstance(node, list):
        return set().union(*map(_parameters, node))
    if isinstance(node, dict):
        return {node["Ref"]} if "Ref" in node else set().union(*map(_parameters, node.values()))
    return set()
