"""Before and after: each photo as the rules on the table would change it, worked out by the publishing code."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final, NamedTuple

from galleria_cli.rules.facts import Facts
from galleria_cli.rules.rulebook import Rulebook
from galleria_storage.clocks.reading import clock_of
from galleria_storage.clocks.shots import Shot
from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.corrections.correction import Correction, parse_correction
from galleria_storage.corrections.precedence import winning_values
from galleria_storage.corrections.zones import offset_text
from galleria_storage.errors import GalleriaError
from galleria_storage.photos.sniff import MediaType

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


class Clock(NamedTuple):
    """A wall-clock time and its offset from UTC in minutes; None if that is unknown."""

    local: datetime | None
    offset: int | None

    @property
    def moment(self) -> datetime | None:
        """The moment, naive, in UTC; None without an offset."""
        if self.local is None or self.offset is None:
            return None
        return self.local - timedelta(minutes=self.offset)


class After(NamedTuple):
    """The result for one photo.

    Attributes
    ----------
    clock
        Its time in the gallery.
    asked
        Its correction.
    because
        Which rule the correction comes from.
    skip
        Whether it is left out.
    refused
        Why it would be rejected; empty if it would not be.
    """

    clock: Clock
    asked: Mapping[str, str]
    because: str
    skip: bool = False
    refused: str = ""


def after(shot: Shot, book: Rulebook, base: Mapping[str, str] = _NOTHING) -> After:
    """Work out how the rules would change a shot that already has the correction `base`."""
    before = Clock(shot.clock, shot.offset)
    choice = book.choose(facts_of_shot(shot), {})
    if choice.skip:
        return After(before, {}, choice.because, skip=True)
    asked = winning_values(choice.asked, {}, base).values
    try:
        correction = parse_correction(asked, {})
        if correction.needs_gps:
            correction = correction.with_gps(shot.gps)
        clock = _changed(shot, correction)
    except GalleriaError as error:
        return After(before, asked, choice.because, refused=error.message)
    return After(clock, asked, choice.because)


def asked_of(shot: Shot, book: Rulebook, base: Mapping[str, str]) -> Mapping[str, str]:
    """Return the correction of a shot: the rules', and `base` for what they do not decide."""
    return winning_values(book.choose(facts_of_shot(shot), {}).asked, {}, base).values


def facts_of_shot(shot: Shot) -> Facts:
    """Return the facts that rules use."""
    media = MediaType(shot.media_type, shot.kind == "photo") if shot.media_type else None
    return Facts(shot.name, media, shot.camera, shot.serial, shot.clock)


def tags_of(shot: Shot) -> CaptureTags:
    """Return the capture tags that give a shot's time."""
    if shot.clock is None:
        return CaptureTags(offset_time_original=None if shot.offset is None else offset_text(shot.offset))
    fraction = f"{shot.clock.microsecond:06}".rstrip("0")
    offset = None if shot.offset is None else offset_text(shot.offset)
    return CaptureTags(f"{shot.clock:%Y:%m:%d %H:%M:%S}", fraction or None, offset)


def _changed(shot: Shot, correction: Correction) -> Clock:
    """Return the time after a correction; a film that has only a moment, in UTC, keeps it whatever the zone."""
    before = Clock(shot.clock, shot.offset)
    if not correction:
        return before
    tags = tags_of(shot)
    if shot.kind == "film" and shot.clock is not None and not shot.offset:
        change = correction.moment_change(tags.offset_time_original)
        if change.to is None:
            return Clock(shot.clock + timedelta(microseconds=change.by or 0), shot.offset)
        return Clock(change.to, 0)
    changes = correction.changes(tags)
    return Clock(*clock_of(CaptureTags(*(new or old for new, old in zip(changes, tags, strict=True)))))


def common_offset(clocks: Iterable[Clock]) -> int:
    """Return the offset that most photos have, in minutes; if none has one, this computer's at their time."""
    counts: dict[int, int] = {}
    some: datetime | None = None
    for clock in clocks:
        some = some or clock.local
        if clock.offset is not None:
            counts[clock.offset] = counts.get(clock.offset, 0) + 1
    if counts:
        return max(counts, key=lambda offset: counts[offset])
    here = (some or datetime.now(tz=UTC).replace(tzinfo=None)).astimezone().utcoffset() or timedelta()
    return round(here / timedelta(minutes=1))
