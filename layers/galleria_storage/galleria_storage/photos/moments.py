"""Texts of dates and times: read, compared with a capture time, and rewritten in the same spelling."""

import re
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.corrections.capture_time import read_capture_time
from galleria_storage.errors import CorrectionError

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_QUARTER: Final = timedelta(minutes=15)
_WESTERNMOST, _EASTERNMOST = timedelta(hours=-12), timedelta(hours=14)
_ZONE: Final = r"(?P<zone>Z|[+-]\d\d:?\d\d)"
_SPELLINGS: Final = tuple(
    re.compile(pattern + r"[\s\0]*", re.ASCII)
    for pattern in (
        # ISO 8601 as in XMP (XMP specification part 1, 8.2.1.2), Exif's own spelling, and cameras' variants of it.
        r"(?P<year>\d{4})(?P<sep>[-:/.])(?P<month>\d\d)(?P=sep)(?P<day>\d\d)"
        r"(?:[T :](?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.(?P<fraction>\d{1,9}))?)?\s?" + _ZONE + "?)?",
        # IPTC-IIM 4.2: date and time in digits; some programs write the time with colons and a fraction.
        r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)"
        r"(?:T?(?P<hour>\d\d):?(?P<minute>\d\d):?(?P<second>\d\d)(?:\.(?P<fraction>\d{1,9}))?" + _ZONE + "?)?",
        # RFC 1123, as PNG asks for in "Creation Time".
        r"(?P<weekday>[A-Z][a-z]{2}), (?P<day>\d\d) (?P<name>[A-Z][a-z]{2}) (?P<year>\d{4}) "
        r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d) " + _ZONE,
    )
)


class Moment(NamedTuple):
    """A wall-clock time, the digits of its fraction of a second, and its offset from UTC, if known."""

    local: datetime
    fraction: str = ""
    offset: timedelta | None = None


def moment_of(tags: CaptureTags) -> Moment | None:
    """Return the capture time as a moment; None if it is missing or unreadable."""
    try:
        found = read_capture_time(tags)
    except CorrectionError:
        return None
    fraction = (tags.sub_sec_time_original or "").strip() or found.time.fraction
    return Moment(found.time.local, fraction, _offset(tags.offset_time_original or found.offset))


class Spelled(NamedTuple):
    """A text that names a moment.

    Attributes
    ----------
    text
        The text.
    match
        Where its fields are.
    """

    text: str
    match: re.Match[str]

    @property
    def moment(self) -> Moment | None:
        """Its value, with missing fields as 0; None if that day or time does not exist."""
        field = self.match.groupdict()
        month = _MONTHS.index(field["name"]) + 1 if field.get("name") in _MONTHS else int(field.get("month") or 0)
        hour, minute, second = int(field["hour"] or 0), int(field["minute"] or 0), int(field["second"] or 0)
        try:
            local = datetime(int(field["year"]), month, int(field["day"]), hour, minute, second)  # noqa: DTZ001 # local
        except ValueError:
            return None
        return Moment(local, field.get("fraction") or "", _offset(field["zone"] or ""))

    @property
    def is_exact(self) -> bool:
        """Whether it includes the second."""
        return self.match["second"] is not None

    def says(self, moment: Moment) -> bool:
        """Whether it names this moment, to its own precision.

        If it has a zone and the moment's offset is known, the moments are compared; otherwise the local times are.
        Midnight names the day, unless the moment is midnight.
        """
        found = self.moment
        if found is None:
            return False
        if self._names_the_day(moment):
            return found.local.date() == moment.local.date()
        local = moment.local
        if found.offset is not None and moment.offset is not None:
            local = local - moment.offset + found.offset
        return found.local == _rounded(local, self.match)

    def zone_told(self, moment: Moment) -> timedelta | None:
        """Return the offset of a moment without one if this names the same second in another zone; otherwise None."""
        found = self.moment
        if found is None or found.offset is None or not self.is_exact or found.local == moment.local:
            return None
        offset = moment.local - (found.local - found.offset)
        return offset if offset % _QUARTER == timedelta() and _WESTERNMOST <= offset <= _EASTERNMOST else None

    def _names_the_day(self, moment: Moment) -> bool:
        """Whether its time is midnight only because nobody knew it: programs that need a time write that."""
        found = self.moment
        return found is not None and not _seconds(found) and bool(_seconds(moment)) and self.is_exact

    def of(self, before: Moment, after: Moment) -> str:
        """Return the text for another moment, in the same spelling and length.

        Parameters
        ----------
        before
            The moment that it names now.
        after
            The moment that it should name. A text in another zone than `before` stays in its zone.
        """
        found = self.moment
        local, offset = after.local, after.offset
        zone = self.match["zone"]
        if self._names_the_day(before):
            local, zone = local.replace(hour=0, minute=0, second=0), None
        if zone and offset is not None:
            own = found.offset if found else None
            if zone == "Z" or (own is not None and before.offset is not None and own != before.offset):
                local, offset = local - offset + (own or timedelta()), own
        values = {
            "year": f"{local.year:04d}",
            "month": f"{local.month:02d}",
            "name": _MONTHS[local.month - 1],
            "weekday": _DAYS[local.weekday()],
            "day": f"{local.day:02d}",
            "hour": f"{local.hour:02d}",
            "minute": f"{local.minute:02d}",
            "second": f"{local.second:02d}",
        }
        if zone and zone != "Z" and offset is not None:
            values["zone"] = _zone_text(offset, colon=":" in zone)
        digits = self.match.groupdict().get("fraction")
        if digits and after.fraction != before.fraction and not self._names_the_day(before):
            values["fraction"] = after.fraction.ljust(len(digits), "0")[: len(digits)]
        return self._with(values)

    def _with(self, values: dict[str, str]) -> str:
        text = self.text
        for name, value in values.items():
            if name in self.match.groupdict() and self.match[name] is not None:
                text = text[: self.match.start(name)] + value + text[self.match.end(name) :]
        return text


def spelled(text: str) -> Spelled | None:
    """Read a moment in one of the known spellings; None for any other text."""
    for spelling in _SPELLINGS:
        if match := spelling.fullmatch(text):
            return Spelled(text, match)
    return None


def _seconds(moment: Moment) -> int:
    """Return the seconds since midnight, and 0 only if its fraction is 0, too."""
    fraction = bool(moment.fraction.strip("0"))
    return moment.local.hour * 3600 + moment.local.minute * 60 + moment.local.second or fraction


def _rounded(local: datetime, match: re.Match[str]) -> datetime:
    """Return a time rounded to the precision of a text: to the second, to the minute, or to the day."""
    if match["hour"] is None:
        return local.replace(hour=0, minute=0, second=0)
    return local.replace(second=0) if match["second"] is None else local


def _offset(text: str) -> timedelta | None:
    if text == "Z":
        return timedelta()
    match = re.fullmatch(r"([+-])(\d\d):?(\d\d)", text.strip(), re.ASCII)
    if not match or int(match[3]) > 59:  # minutes
        return None
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return -offset if match[1] == "-" else offset


def _zone_text(offset: timedelta, *, colon: bool) -> str:
    minutes = int(abs(offset).total_seconds()) // 60
    sign = "-" if offset < timedelta() else "+"
    return f"{sign}{minutes // 60:02d}{':' if colon else ''}{minutes % 60:02d}"
