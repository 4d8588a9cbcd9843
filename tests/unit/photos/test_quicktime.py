"""Films: moments in UTC and times in words change in place, as a correction means them."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.corrections.correction import Correction
from galleria_storage.errors import CorrectionError, CorruptPhotoError, GalleriaError, UnsupportedFormatError
from galleria_storage.photos.photo import correct_bytes, plan_photo
from galleria_storage.photos.plan import NOTHING, Texts
from galleria_storage.photos.source import BytesSource, MeteredSource
from tests.support.photos.boxes import box, full_box, u
from tests.support.photos.damage import damaged, refused_or_corrected_for_good
from tests.support.photos.exif_blocks import OTHER
from tests.support.photos.films import (
    PICTURES,
    SHOT,
    clocks_of,
    created_of,
    film,
    header,
    itunes,
    keys,
    phone_data,
    seconds,
    track,
    user_data,
)

HOUR = timedelta(hours=1)
LOCAL = b"2020-01-02T03:04:05+0100"  # the same moment as SHOT


def corrected(file: bytes, text: str) -> bytes:
    result = correct_bytes(file, Correction.from_canonical(text))
    assert len(result) == len(file)
    assert PICTURES in result
    return result


def tags_of(file: bytes) -> CaptureTags:
    return plan_photo(BytesSource(file), NOTHING).before


@pytest.mark.parametrize("version", [0, 1])
@pytest.mark.parametrize("last", [True, False])
def test_a_shift_moves_all_clocks(version: int, last: bool) -> None:
    result = corrected(film(version=version, last=last), "timestamp-offset-hours=+01:30:00")
    assert created_of(result) == {SHOT + 1.5 * HOUR}
    assert tags_of(result) == CaptureTags("2020:01:02 03:34:05", None, "+00:00")


def test_clocks_that_differ_by_seconds_keep_their_distance_when_shifted() -> None:
    late = track(SHOT + timedelta(seconds=3))
    result = corrected(film(late), "timestamp-offset-hours=-00:00:10")
    assert result.count(u(seconds(SHOT - timedelta(seconds=7)), 4)) == 4
    assert created_of(result) == {SHOT - timedelta(seconds=10)}


@pytest.mark.parametrize(
    ("asked", "moment"),
    [
        ("corrected-timestamp=2021-03-04T05:06:07;target-timezone-offset-hours=-05:00", datetime(2021, 3, 4, 10, 6, 7)),
        ("corrected-timestamp=2021-07-04T05:06:07;target-timezone=Europe/Stockholm", datetime(2021, 7, 4, 3, 6, 7)),
        (
            "corrected-timestamp=2021-03-04T05:06:07.75;target-timezone-offset-hours=+00:00",
            datetime(2021, 3, 4, 5, 6, 7),
        ),
    ],
)
@pytest.mark.parametrize("version", [0, 1])
def test_a_time_with_an_offset_sets_all_clocks(asked: str, moment: datetime, version: int) -> None:
    assert created_of(corrected(film(version=version), asked)) == {moment}


def test_a_time_without_an_offset_is_refused_if_the_film_has_none() -> None:
    for file in (film(), film(keys(b"2020-01-02T02:04:05Z"))):
        with pytest.raises(CorrectionError, match="its offset is unknown") as refused:
            corrected(file, "corrected-timestamp=2021-03-04T05:06:07")
        assert "+02:00" in str(refused.value.advice)


def test_a_time_without_an_offset_takes_the_one_that_the_film_tells() -> None:
    result = corrected(film(keys(LOCAL)), "corrected-timestamp=2021-03-04T05:06:07")
    assert b"2021-03-04T05:06:07+0100" in result
    assert created_of(result) == {datetime(2021, 3, 4, 4, 6, 7)}


@pytest.mark.parametrize("zone", ["target-timezone-offset-hours=+02:00", "target-timezone=Asia/Tokyo"])
@pytest.mark.parametrize("camera", ["", "camera-timezone=America/New_York;"])
def test_a_zone_by_itself_changes_no_moment(zone: str, camera: str) -> None:
    for file in (film(), film(keys(b"2020-01-02T02:04:05Z")), film(created=0)):
        assert corrected(file, camera + zone) == file


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"2020-01-02T03:04:05+0100", b"2021-03-04T05:06:07-0530"),
        (b"2020-01-02T03:04:05+01:00", b"2021-03-04T05:06:07-05:30"),
        (b"2020-01-02 03:04:05 +01:00", b"2021-03-04 05:06:07 -05:30"),
        (b"2020:01:02 03:04:05.120+01:00", b"2021:03:04 05:06:07.500-05:30"),
        (b"2020-01-02T02:04:05Z", b"2021-03-04T10:36:07Z"),
        (b"2020-01-02T03:04:05", b"2021-03-04T05:06:07"),
    ],
)
def test_words_keep_their_spelling(old: bytes, new: bytes) -> None:
    asked = "corrected-timestamp=2021-03-04T05:06:07.5;target-timezone-offset-hours=-05:30"
    for more in (keys(old), keys(old, full=True), user_data(old), itunes(old)):
        result = corrected(film(more), asked)
        assert new in result
        assert old not in result
        assert created_of(result) == {datetime(2021, 3, 4, 10, 36, 7)}


def test_an_offset_that_has_no_room_is_refused() -> None:
    assert b"2020-01-02T03:04:05+02" in corrected(
        film(keys(b"2020-01-02T03:04:05+01")), "target-timezone-offset-hours=+02:00"
    )
    with pytest.raises(CorrectionError, match="no room for the offset"):
        corrected(film(keys(b"2020-01-02T03:04:05+01")), "target-timezone-offset-hours=+05:30")


def test_a_zone_that_changes_the_words_changes_the_moment_with_them() -> None:
    result = corrected(film(keys(LOCAL)), "target-timezone-offset-hours=+02:00")
    assert b"2020-01-02T03:04:05+0200" in result
    assert created_of(result) == {SHOT - HOUR}


def test_a_clock_in_the_wrong_zone_moves_the_words_and_keeps_the_moment() -> None:
    result = corrected(film(keys(LOCAL)), "camera-timezone=+01:00;target-timezone-offset-hours=-03:00")
    assert b"2020-01-01T23:04:05-0300" in result
    assert created_of(result) == {SHOT}


def test_a_shift_moves_words_and_moments() -> None:
    result = corrected(film(keys(LOCAL), user_data(LOCAL)), "timestamp-offset-hours=+24:00:00")
    assert result.count(b"2020-01-03T03:04:05+0100") == 2
    assert created_of(result) == {SHOT + 24 * HOUR}


def test_a_phones_date_moves_although_it_is_some_seconds_away_from_the_clocks() -> None:
    result = corrected(film(phone_data(b"2020-01-02T03:03:43+0100")), "timestamp-offset-hours=+24:00:00")
    assert b"2020-01-03T03:03:43+0100" in result
    assert created_of(result) == {SHOT + 24 * HOUR}


def test_words_that_say_another_time_stay() -> None:
    result = corrected(film(keys(LOCAL), user_data(b"2011-01-01T00:00:00+0000")), "timestamp-offset-hours=+01:00:00")
    assert b"2020-01-02T04:04:05+0100" in result
    assert b"2011-01-01T00:00:00+0000" in result


def test_words_in_utc_follow_the_moment_of_the_others() -> None:
    result = corrected(film(keys(LOCAL), user_data(b"2020-01-02T02:04:05Z")), "timestamp-offset-hours=+01:00:00")
    assert b"2020-01-02T03:04:05Z" in result


@pytest.mark.parametrize("text", [b"2020", b"2020-01-02", b"2020-13-02T03:04:05Z", b"yesterday", b""])
def test_what_tells_no_time_in_words_stays(text: bytes) -> None:
    file = film(keys(text))
    assert corrected(file, "timestamp-offset-hours=+01:00:00").count(keys(text)) == 1
    assert tags_of(file).offset_time_original == "+00:00"


def test_other_keys_and_values_that_are_not_text_stay() -> None:
    for more in (keys(LOCAL, key=b"com.apple.quicktime.other"), keys(LOCAL, type_=21)):
        assert more in corrected(film(more), "timestamp-offset-hours=+01:00:00")


def test_a_time_of_modification_follows_if_it_is_of_the_same_recording() -> None:
    near, far = SHOT + timedelta(minutes=5), SHOT + timedelta(days=400)
    for modified, expected in ((near, near + HOUR), (far, far), (0, datetime(1904, 1, 1))):
        result = corrected(film(modified=modified), "timestamp-offset-hours=+01:00:00")
        assert clocks_of(result)["mvhd"] == (SHOT + HOUR, expected)


@pytest.mark.parametrize("unset", [0, 2_082_844_800])
def test_a_film_whose_clock_was_never_set_can_be_given_a_time_but_not_moved(unset: int) -> None:
    asked = "corrected-timestamp=2021-03-04T05:06:07;target-timezone-offset-hours=+00:00"
    assert created_of(corrected(film(created=unset), asked)) == {datetime(2021, 3, 4, 5, 6, 7)}
    with pytest.raises(CorrectionError, match="no capture time"):
        corrected(film(created=unset), "timestamp-offset-hours=+01:00:00")


def test_clocks_that_were_never_set_stay_so_beside_words() -> None:
    file = film(keys(LOCAL), created=0)
    result = corrected(file, "timestamp-offset-hours=+01:00:00")
    assert b"2020-01-02T04:04:05+0100" in result
    assert created_of(result) == {datetime(1904, 1, 1)}
    assert b"2021-03-04T05:06:07" in corrected(
        film(keys(b"2020-01-02T03:04:05"), created=0), "corrected-timestamp=2021-03-04T05:06:07"
    )


def test_clocks_that_count_from_1970_go_on_to() -> None:
    since_1970 = round((SHOT - datetime(1970, 1, 1)).total_seconds())
    result = corrected(film(created=since_1970), "timestamp-offset-hours=+01:00:00")
    assert created_of(result) == {datetime(1904, 1, 1) + timedelta(seconds=since_1970 + 3600)}
    assert tags_of(result).date_time_original == "2020:01:02 03:04:05"


@pytest.mark.parametrize("year", [1899, 1969, 2041])
def test_years_that_the_clock_cannot_tell_are_refused(year: int) -> None:
    with pytest.raises(CorrectionError, match="1970 to 2040"):
        corrected(film(), f"corrected-timestamp={year}-03-04T05:06:07;target-timezone-offset-hours=+00:00")


def test_a_long_clock_tells_later_years() -> None:
    asked = "corrected-timestamp=2100-03-04T05:06:07;target-timezone-offset-hours=+00:00"
    assert created_of(corrected(film(version=1), asked)) == {datetime(2100, 3, 4, 5, 6, 7)}


@pytest.mark.parametrize(
    ("file", "error", "reason"),
    [
        (film()[:-20], CorruptPhotoError, "cut off"),
        (box(b"ftyp", b"qt  ", bytes(4)) + box(b"mdat", PICTURES), CorruptPhotoError, "tables are missing"),
        (film(box(b"cmov", b"packed")), UnsupportedFormatError, "compressed"),
        (film(*[track(SHOT)] * 300), CorruptPhotoError, "tracks"),
        (film(*[box(b"free")] * 1_000_000), CorruptPhotoError, "boxes in one place"),
        (film(keys(bytes(300_000))), CorruptPhotoError, "too long"),
        (box(b"moov", header(b"mvhd", SHOT, version=2)), CorruptPhotoError, "unknown version"),
        (box(b"moov", full_box(b"mvhd", 0, 0, bytes(7))), CorruptPhotoError, "header of the film is cut off"),
        (box(b"moov", box(b"free")), UnsupportedFormatError, "no place"),
    ],
)
def test_what_is_damaged_is_refused(file: bytes, error: type[GalleriaError], reason: str) -> None:
    with pytest.raises(error, match=reason):
        plan_photo(BytesSource(file), Correction.from_canonical("timestamp-offset-hours=+01:00:00"), "video/quicktime")


@pytest.mark.parametrize("kind", [b"tkhd", b"mdhd", b"trak", b"mvhd"])
def test_a_box_of_no_type_hides_no_time_from_us_that_others_find(kind: bytes) -> None:
    file = film()
    at = file.index(kind)
    with pytest.raises(CorruptPhotoError, match="not a box"):
        corrected(file[:at] + b"\1\2\3\4" + file[at + 4 :], "timestamp-offset-hours=+01:00:00")


@pytest.mark.parametrize("count", [4, 8, 100])
def test_zeros_may_end_a_list_of_boxes(count: int) -> None:
    assert created_of(corrected(film(bytes(count)), "timestamp-offset-hours=+01:00:00")) == {SHOT + HOUR}


def test_a_film_of_gigabytes_costs_two_reads() -> None:
    class Long:
        """A film whose pictures are 3 GiB of zeros."""

        def __init__(self, tables: bytes) -> None:
            self._start = box(b"ftyp", b"qt  ", bytes(4)) + u(1, 4) + b"mdat" + u((3 << 30) + 16, 8)
            self._tables, self._at = tables, len(self._start) + (3 << 30)
            self.size = self._at + len(tables)

        def read(self, offset: int, length: int) -> bytes:
            if offset >= self._at:
                return self._tables[offset - self._at : offset - self._at + length]
            return self._start[offset : offset + length].ljust(min(length, self._at - offset), b"\0")

    tables = box(b"moov", header(b"mvhd", SHOT), track(SHOT, box(b"free", bytes(300_000))), keys(LOCAL))
    long = Long(tables)
    source = MeteredSource(long, long.read(0, 256 * 1024))
    made = plan_photo(source, Correction.from_canonical("timestamp-offset-hours=+01:00:00"), "video/quicktime")
    assert made.after == CaptureTags("2020:01:02 04:04:05", None, "+01:00")
    assert source.reads <= 2


TEXTS = st.sampled_from(
    [LOCAL, b"2020-01-02T03:04:05.50+01:00", b"2020-01-02T02:04:05Z", b"2020", b"2020-01-02T03:04:05"]
)
MORE = st.lists(
    st.builds(lambda make, text: make(text), st.sampled_from([keys, phone_data, user_data, itunes]), TEXTS), max_size=3
)
THIS = Texts(CaptureTags("2024:06:15 10:30:45", None, "+02:00"))


@given(MORE, st.sampled_from([SHOT, 0]), st.integers(0, 1))
def test_twice_is_once_and_the_last_word_counts(more: list[bytes], created: datetime | int, version: int) -> None:
    file = film(*more, created=created, version=version)
    once = correct_bytes(file, THIS)
    assert correct_bytes(once, THIS) == once
    assert correct_bytes(correct_bytes(once, OTHER), THIS) == once


@given(MORE, st.integers(-100_000, 100_000))
def test_there_and_back_is_nothing(more: list[bytes], shift: int) -> None:
    file = film(*more)
    for sign in (1, -1):
        file = correct_bytes(file, Correction(shift=sign * shift * 1_000_000))
    assert file == film(*more)


@given(MORE, st.data())
def test_a_damaged_film_is_refused_or_corrected_for_good(more: list[bytes], data: st.DataObject) -> None:
    file = film(*more)
    broken = damaged(data, file, 20)
    result = refused_or_corrected_for_good(broken, THIS)
    assert result is None or len(result) == len(broken)
