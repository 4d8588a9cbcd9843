"""The table of the places of items (ISO/IEC 14496-12, 8.11.3): each place follows what moves, however it is written."""

from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.photos.heif.locations import Locations
from tests.support.photos.boxes import u

#: Above 65,535 a base looks like the number of pieces of an entry without one.
BASES = st.integers(0, 1000) | st.integers(65_536, 66_536)
OFFSETS = st.lists(st.integers(0, 1000), min_size=1, max_size=3)


def table(items: list[tuple[int, list[int]]], base_width: int) -> bytes:
    """Return a table of version 1 of bases and the offsets of pieces from them; without a base they count on alone."""
    entries = b"".join(
        u(number, 2)
        + u(0, 4)
        + u(base, base_width)
        + u(len(offsets), 2)
        + b"".join(u(at, 4) + u(9, 4) for at in offsets)
        for number, (base, offsets) in enumerate(items, 1)
    )
    return u(1, 1) + bytes(3) + u(0x44, 1) + u(base_width << 4, 1) + u(len(items), 2) + entries


@given(
    st.lists(st.tuples(BASES, OFFSETS), max_size=4),
    st.integers(0, 2100) | st.integers(65_536, 68_000),
    st.integers(0, 500),
    st.booleans(),
)
def test_pieces_follow_what_is_inserted_before_them(
    items: list[tuple[int, list[int]]], at: int, inserted: int, has_bases: bool
) -> None:
    def moved(place: int) -> int:
        return place + inserted if place >= at else place

    items = items if has_bases else [(0, offsets) for _, offsets in items]
    locations = Locations(table(items, 4 if has_bases else 0))
    assert [entry.places for entry in locations.entries] == [[base + at for at in offsets] for base, offsets in items]
    locations.follow(moved, 68_000)
    result = Locations(bytes(locations.written))
    assert [entry.places for entry in result.entries] == [
        [moved(base + at) for at in offsets] for base, offsets in items
    ]
    assert len(locations.written) == len(table(items, 4 if has_bases else 0))
