"""Every correction has one canonical text, which gives the same correction again."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.corrections.correction import CORRECTION_KEYS, Correction, parse_correction
from galleria_storage.errors import CorrectionError
from tests.support.corrections.language import CAMERA, OFFSET, SHIFT, TIME, ZONE

offsets = st.integers(-12 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
timestamps = st.builds(
    lambda moment, offset: moment.replace(tzinfo=offset).isoformat(),
    st.datetimes(datetime(1800, 1, 1), datetime(9999, 12, 31)),
    st.none() | offsets,
)
shifts = st.one_of(
    st.decimals(-9999, 9999, places=3).map(str),
    st.timedeltas(timedelta(-400000), timedelta(400000)).map(
        lambda d: f"PT{d.days * 24}H{d.seconds}.{d.microseconds:06d}S"
    ),
)
zones = st.sampled_from(["Europe/Stockholm", "America/St_Johns", "UTC", "Etc/GMT+5"])
clock = offsets.map(lambda zone: datetime(2000, 1, 1, tzinfo=zone).isoformat()[19:])
relative = st.fixed_dictionaries({}, optional={SHIFT: shifts, CAMERA: zones | clock})
target = st.one_of(st.just({}), st.builds(lambda z: {ZONE: z}, zones), st.builds(lambda z: {OFFSET: z}, clock))
absolute = st.builds(lambda t: {TIME: t}, timestamps)
corrections = st.one_of(absolute, st.builds(lambda a, b: {**a, **b}, relative, target))


@given(corrections)
def test_the_canonical_text_gives_the_same_correction_again(values: dict[str, str]) -> None:
    correction = parse_correction(values, {}, {})
    text = correction.canonical()
    assert Correction.from_canonical(text) == correction
    assert Correction.from_canonical(text).canonical() == text
    assert bool(text) is bool(correction)
    assert text.isascii()


@given(corrections, st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)))
def test_equal_canonical_texts_write_equal_tags(values: dict[str, str], moment: datetime) -> None:
    correction = parse_correction(values, {}, {})
    found = CaptureTags(moment.strftime("%Y:%m:%d %H:%M:%S"))
    try:
        changes = correction.changes(found)
    except CorrectionError as error:
        assert "lies outside" in str(error)  # noqa: PT017 # both ends are right
    else:
        assert Correction.from_canonical(correction.canonical()).changes(found) == changes


@given(
    st.dictionaries(st.sampled_from(CORRECTION_KEYS), st.text(max_size=30)),
    st.dictionaries(st.sampled_from(CORRECTION_KEYS), st.text("0123456789-+:.,TZPHMS ", max_size=30)),
    st.text(max_size=25),
)
def test_whatever_is_asked_ends_in_an_answer_or_a_refusal(metadata: dict, tags: dict, found: str) -> None:
    try:
        changes = parse_correction(metadata, tags, {}).changes(CaptureTags(found))
    except CorrectionError:
        return
    assert changes.date_time_original is None or len(changes.date_time_original) == 19


@pytest.mark.parametrize("text", ["artist=Ada", "corrected-timestamp=yesterday", "corrected-timestamp"])
def test_a_text_that_is_not_a_printed_correction_is_refused(text: str) -> None:
    with pytest.raises(CorrectionError):
        Correction.from_canonical(text)
