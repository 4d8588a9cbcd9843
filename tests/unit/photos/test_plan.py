"""A plan of patches: its pieces, its view, and what it says of moved spans agree with each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.plan import Patch, Plan, Span, within
from galleria_storage.photos.source import BytesSource

NO_TAGS = CaptureTags()


def plan_of(size: int, *patches: Patch) -> Plan:
    return Plan(size, patches, NO_TAGS, NO_TAGS)


@st.composite
def sources_and_plans(draw: st.DrawFn) -> tuple[bytes, Plan]:
    data = draw(st.binary(max_size=60))
    places = sorted(draw(st.lists(st.integers(0, len(data)), max_size=8)))
    patches = []
    for start, stop in zip(places[::2], places[1::2], strict=False):
        patches.append(Patch(start, stop - start, draw(st.binary(max_size=10))))
    return data, plan_of(len(data), *draw(st.permutations(patches))) if len(set(places)) == len(places) else (
        plan_of(len(data), *patches)
    )


@given(sources_and_plans())
def test_applying_viewing_and_piecing_together_give_the_same_bytes(case: tuple[bytes, Plan]) -> None:
    data, plan = case
    result = plan.apply(data)
    assert len(result) == plan.result_size == len(data) + plan.growth
    assert plan.view(BytesSource(data)).read(0, plan.result_size + 9) == result
    pieces = [data[piece.start : piece.stop] if isinstance(piece, Span) else piece for piece in plan.pieces()]
    assert b"".join(pieces) == result
    assert all(pieces)


@given(sources_and_plans(), st.integers(0, 90), st.integers(0, 90))
def test_a_view_reads_any_range(case: tuple[bytes, Plan], offset: int, length: int) -> None:
    data, plan = case
    assert plan.view(BytesSource(data)).read(offset, length) == plan.apply(data)[offset : offset + length]


@given(sources_and_plans(), st.integers(0, 60), st.integers(1, 60))
def test_a_moved_span_holds_the_same_bytes(case: tuple[bytes, Plan], start: int, length: int) -> None:
    data, plan = case
    stop = min(start + length, len(data))
    if start < stop and (moved := plan.moved(Span(start, stop))):
        assert plan.apply(data)[moved.start : moved.stop] == data[start:stop]


def test_a_span_that_a_patch_touches_is_not_moved() -> None:
    assert plan_of(10, Patch(4, 2, b"x")).moved(Span(5, 8)) is None
    assert plan_of(10, Patch(6, 0, b"x")).moved(Span(5, 8)) is None
    assert plan_of(10, Patch(5, 0, b"x")).moved(Span(5, 8)) == Span(6, 9)
    assert plan_of(10, Patch(8, 2, b"x")).moved(Span(5, 8)) == Span(5, 8)


@pytest.mark.parametrize("patches", [(Patch(0, 4, b""), Patch(3, 1, b"")), (Patch(9, 2, b""),), (Patch(0, -1, b""),)])
def test_patches_that_overlap_or_leave_the_source_are_refused(patches: tuple[Patch, ...]) -> None:
    with pytest.raises(CorruptPhotoError):
        plan_of(10, *patches)


@given(sources_and_plans(), st.data())
def test_one_plan_for_two_does_what_both_do_in_turn(case: tuple[bytes, Plan], more: st.DataObject) -> None:
    data, first = case
    between = first.apply(data)
    places = sorted(more.draw(st.sets(st.integers(0, len(between)), max_size=6)))
    patches = [
        Patch(start, stop - start, more.draw(st.binary(max_size=6)))
        for start, stop in zip(places[::2], places[1::2], strict=False)
    ]
    later = plan_of(len(between), *patches)
    both = first.then(later)
    assert both.apply(data) == later.apply(between)
    assert both.growth == first.growth + later.growth


def test_patches_of_something_inside_a_file_become_patches_of_the_file() -> None:
    assert within([Patch(1, 2, b"x")], 100) == [Patch(101, 2, b"x")]
