"""Working out an edit of a film: every time in it changes in place, in UTC or in its own spelling."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.corrections.capture_time import read_capture_time
from galleria_storage.corrections.durations import MICROSECONDS
from galleria_storage.corrections.moment_change import MomentChange, moment_at
from galleria_storage.errors import CorrectionError, UnsupportedFormatError
from galleria_storage.photos.check import Part
from galleria_storage.photos.plan import Asked, Patch, Plan, Span
from galleria_storage.photos.quicktime.fields import EPOCH_1970, Fields, MovieClock, TextField, find_fields
from galleria_storage.photos.quicktime.spelling import SpelledDate
from galleria_storage.photos.source import RangedSource

_UTC: Final = "+00:00"
_BEGIN: Final = datetime(1904, 1, 1)  # noqa: DTZ001 # UTC, like all of a film's times
_SAME_RECORDING: Final = 24 * 3600
"""Largest number of seconds between creation and modification that counts as the same recording."""


def plan(source: RangedSource, asked: Asked) -> Plan:
    """Work out an edit; see `formats.Format`."""
    fields = find_fields(source)
    if fields.words:
        patches, before, after = _by_words(fields, asked)
    else:
        patches, before, after = _by_clocks(fields, asked)
    return Plan(source.size, patches, before, after)


def parts(source: RangedSource) -> list[Part]:
    """List what no edit may change: everything between the times."""
    fields = find_fields(source)
    times = [(clock.at, clock.at + 2 * clock.width) for clock in fields.clocks]
    times += [(words.at, words.at + words.size) for words in fields.words]
    spans, done = [], 0
    for start, stop in [*sorted(times), (source.size, source.size)]:
        if start > done:
            spans.append(Span(done, start))
        done = max(done, stop)
    return [Part("all but the film's times", tuple(spans))]


_Outcome = tuple[list[Patch], CaptureTags, CaptureTags]


def _by_words(fields: Fields, asked: Asked) -> _Outcome:
    """Edit a film that has its time as text; the first text counts, and all that name the same time follow."""
    main = fields.words[0].spelled
    clocks = [clock for clock in fields.clocks if _is_set(clock.created)]
    change = MomentChange()
    if clocks or main.is_utc:
        change = asked.moment_change(None if main.is_utc else main.offset or None)
    if main.is_utc:
        new = main.at(_moved(main.local, change))
    else:
        changes = asked.changes(main.tags)
        local = read_capture_time(changes).time.local if changes.date_time_original else main.local
        new = main.at(local, changes.sub_sec_time_original, changes.offset_time_original)
        if change.to is None and main.offset:
            # If a zone changes the moment that the text names, the moments in UTC change, too.
            span = moment_at(new.local, new.offset) - moment_at(main.local, main.offset)
            change = MomentChange(by=round(span / timedelta(microseconds=1)))
    patches = [patch for words in fields.words for patch in _rewritten(words, _followed(words.spelled, main, new))]
    patches += [patch for clock in clocks for patch in _clock_patches(clock, change)]
    return patches, main.tags, new.tags


def _followed(spelled: SpelledDate, main: SpelledDate, new: SpelledDate) -> SpelledDate:
    """Return the new text if it named the same time as the main one; other texts stay as they are."""
    if spelled.local == main.local and spelled.offset in (main.offset, ""):
        return spelled.at(new.local, new.fraction or None, new.offset or None)
    if spelled.is_utc and main.offset and spelled.local == moment_at(main.local, main.offset):
        return spelled.at(moment_at(new.local, new.offset), new.fraction or None)
    return spelled


def _rewritten(words: TextField, new: SpelledDate) -> list[Patch]:
    if new == words.spelled:
        return []
    text = new.written()
    if text is None or len(text) != words.size:
        raise CorrectionError(
            f"the film records its time as {words.spelled.written()!r}, which has no room for the offset {new.offset}",
            tag="creationdate",
            advice="Give a target offset in whole hours.",
        )
    return [Patch(words.at, words.size, text.encode("ascii"))]


def _by_clocks(fields: Fields, asked: Asked) -> _Outcome:
    """Edit a film that has its time only in UTC."""
    if not fields.clocks:
        raise UnsupportedFormatError("the capture time cannot be changed: the film has no place for it")
    known = next((clock for clock in fields.clocks if _is_set(clock.created)), None)
    change = asked.moment_change(None)
    if known is None:
        return _first_time(fields, asked, change)
    patches = [patch for clock in fields.clocks if _is_set(clock.created) for patch in _clock_patches(clock, change)]
    old = _read(known.created)
    return patches, _tags(old), _tags(_moved(old, change))


def _first_time(fields: Fields, asked: Asked, change: MomentChange) -> _Outcome:
    """Set the creation time of a film whose clock was never set, everywhere."""
    nothing = CaptureTags()
    if change.to is None:
        if change.by:
            asked.changes(nothing)  # raises the reason why it cannot be moved
        return [], nothing, nothing
    seconds = _written(change.to, 0)
    patches = [_patch(clock.at, clock.width, seconds) for clock in fields.clocks]
    return patches, nothing, _tags(change.to)


def _clock_patches(clock: MovieClock, change: MomentChange) -> Iterator[Patch]:
    """Yield the patches of a header: the creation time, and the modification time if of the same recording."""
    created = _written(_moved(_read(clock.created), change), clock.created)
    span = created - clock.created
    if span:
        yield _patch(clock.at, clock.width, created)
        if abs(clock.modified - clock.created) <= _SAME_RECORDING:
            yield _patch(clock.at + clock.width, clock.width, clock.modified + span)


def _moved(moment: datetime, change: MomentChange) -> datetime:
    if change.to is not None:
        return change.to
    try:
        return moment + timedelta(seconds=change.by // MICROSECONDS)
    except OverflowError:
        raise _outside(f"{moment} moved by {change.by // MICROSECONDS} seconds") from None


def _is_set(seconds: int) -> bool:
    """Whether a time was set: 0, counted from 1904 or 1970, means that it was not."""
    return seconds not in (0, EPOCH_1970)


def _read(seconds: int) -> datetime:
    since_1904 = seconds if seconds >= EPOCH_1970 else seconds + EPOCH_1970
    try:
        return _BEGIN + timedelta(seconds=since_1904)
    except OverflowError:
        raise _outside(f"{seconds:,} seconds since 1904") from None


def _written(moment: datetime, old: int) -> int:
    """Return a moment as seconds since 1904; since 1970, if the old ones were.

    Raises
    ------
    CorrectionError
        It is before 1970, which readers would misinterpret.
    """
    since_1904 = (moment - _BEGIN) // timedelta(seconds=1)
    since_1970 = since_1904 - EPOCH_1970
    if since_1970 <= 0 or (0 < old < EPOCH_1970 and since_1970 >= EPOCH_1970):
        raise _outside(str(moment))
    return since_1970 if 0 < old < EPOCH_1970 else since_1904


def _patch(at: int, width: int, seconds: int) -> Patch:
    if not 0 <= seconds < 1 << 8 * width:
        raise _outside(f"{seconds:,} seconds since 1904")
    return Patch(at, width, seconds.to_bytes(width, "big"))


def _tags(moment: datetime) -> CaptureTags:
    return CaptureTags(str(moment).replace("-", ":"), None, _UTC)


def _outside(what: str) -> CorrectionError:
    return CorrectionError(
        f"{what} cannot be written into this film, whose times reach from 1970 to 2040", tag="CreateDate"
    )
