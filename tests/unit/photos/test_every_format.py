"""What holds for photos of any format: the last correction counts, twice is once, and results read back as they say."""

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.corrections.correction import Correction, parse_correction
from galleria_storage.photos.formats import format_of
from galleria_storage.photos.photo import plan_photo
from galleria_storage.photos.plan import NOTHING, Plan, Span
from galleria_storage.photos.source import BytesSource
from tests.support.photos.every_format import Sample, samples

PHOTOS = st.tuples(st.sampled_from(sorted(samples(9, offset=True))), st.booleans(), st.sampled_from((9, 300))).map(
    lambda drawn: samples(drawn[2], offset=drawn[1])[drawn[0]]
)
TIMES = st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2039, 1, 1))
"""Films tell no others."""

ZONES = st.integers(-12, 14).map(lambda hours: f"{hours:+03d}:00")


@st.composite
def absolute(draw: st.DrawFn) -> Correction:
    """Return a time to the second with its offset, so that every correction writes the same tags."""
    time = draw(TIMES).replace(microsecond=0)
    return parse_correction({"corrected-timestamp": time.isoformat(), "target-timezone-offset-hours": draw(ZONES)}, {})


def plan_of(sample: Sample, data: bytes, asked: Correction) -> Plan:
    return plan_photo(BytesSource(data), asked, sample.media_type)


def corrected(sample: Sample, data: bytes, asked: Correction) -> bytes:
    return plan_of(sample, data, asked).apply(data)


@given(PHOTOS, absolute(), absolute())
def test_twice_is_once_and_the_last_correction_counts(sample: Sample, first: Correction, last: Correction) -> None:
    once = corrected(sample, sample.data, first)
    assert corrected(sample, once, first) == once
    assert corrected(sample, once, last) == corrected(sample, sample.data, last)


@given(PHOTOS, absolute())
def test_a_result_reads_back_through_its_view_and_keeps_its_parts(sample: Sample, asked: Correction) -> None:
    source = BytesSource(sample.data)
    plan = plan_of(sample, sample.data, asked)
    result = plan.apply(sample.data)
    view = plan.view(source)
    assert view.read(0, view.size) == result
    again = plan_photo(view, NOTHING, sample.media_type)
    assert (again.before, again.patches) == (plan.after, ())
    old, new = (format_of(sample.media_type).parts(each) for each in (source, view))
    bytes_of = [
        [(part.name, b"".join(data[span.start : span.stop] for span in part.spans)) for part in parts]
        for data, parts in ((sample.data, old), (result, new))
    ]
    assert bytes_of[0] == bytes_of[1]


@given(PHOTOS, st.integers(-100_000, 100_000), ZONES)
def test_there_and_back_is_where_it_was(sample: Sample, seconds: int, zone: str) -> None:
    def shift(by: int) -> Correction:
        sign, by = "-" if by < 0 else "+", abs(by)
        text = f"{sign}{by // 3600:02d}:{by // 60 % 60:02d}:{by % 60:02d}"
        return parse_correction({"timestamp-offset-hours": text, "target-timezone-offset-hours": zone}, {})

    first = plan_of(sample, sample.data, shift(0)).after
    there = corrected(sample, sample.data, shift(seconds))
    back = plan_of(sample, there, shift(-seconds))
    assert back.after == first


@given(PHOTOS, absolute())
def test_growth_is_what_the_patches_say_and_nothing_is_removed_but_what_they_replace(
    sample: Sample, asked: Correction
) -> None:
    plan = plan_of(sample, sample.data, asked)
    assert plan.result_size == len(plan.apply(sample.data))
    spans = [piece for piece in plan.pieces() if isinstance(piece, Span)]
    assert sum(stop - start for start, stop in spans) == len(sample.data) - sum(p.removed for p in plan.patches)
    assert plan.before != CaptureTags()
