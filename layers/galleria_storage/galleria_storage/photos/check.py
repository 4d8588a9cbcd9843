"""Reading the result of a plan back before anything is written.

The result is read through a view of source and plan, with the planner that made
the plan: it must find the new capture tags and nothing left to do, and list the
same parts, each with exactly the same bytes of the source.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from galleria_storage.photos.plan import NOTHING, Asked, Plan, Span
from galleria_storage.photos.refusals import harmful
from galleria_storage.photos.source import RangedSource


class Part(NamedTuple):
    """Something in a file that no edit may change.

    Attributes
    ----------
    name
        What it is, including properties that no edit may change: a chunk's type, an item's id and properties.
    spans
        Where its bytes are.
    """

    name: str
    spans: tuple[Span, ...]


def check_plan(
    source: RangedSource,
    plan: Plan,
    planner: Callable[[RangedSource, Asked], Plan],
    parts: Callable[[RangedSource], Sequence[Part]],
) -> None:
    """Prove that a plan does what it says and changes nothing else.

    Raises
    ------
    CorruptPhotoError
        The result does not read back correctly, or a part differs or is not where the result says.
    """
    if not plan.patches:
        return
    view = plan.view(source)
    again = planner(view, NOTHING)
    if again.patches or again.before != plan.after:
        raise harmful("its capture time")
    old, new = parts(source), parts(view)
    if len(old) != len(new):
        raise harmful("the list of its parts")
    for before, now in zip(old, new, strict=True):
        if now != Part(before.name, _moved(plan, before)):
            raise harmful(before.name)


def _moved(plan: Plan, part: Part) -> tuple[Span, ...]:
    spans = []
    for span in part.spans:
        if (moved := plan.moved(span)) is None:
            raise harmful(part.name)
        spans.append(moved)
    return tuple(spans)
