"""Times as text in films, ``2024-06-15T10:30:45+0200`` or similar; rewritten in the same spelling."""

import re
from datetime import datetime
from typing import Final, NamedTuple, Self

from galleria_storage.corrections.capture_tags import CaptureTags

_SPELLING: Final = (
    r"(\d{4})([-:/])(\d\d)\2(\d\d)([T ])(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?( ?)(?:(Z)|([+-]\d\d)(?:(:?)(\d\d))?)?"
)


class SpelledDate(NamedTuple):
    """A time as it was written.

    Attributes
    ----------
    local
        The wall-clock time.
    fraction
        Digits of the second's fraction; empty without one.
    offset
        ``±HH:MM``; empty if there is none, ``+00:00`` if it is written as Z.
    is_utc
        True if it is written with a Z: it names a moment, without a zone.
    marks
        How it is written: the characters between the numbers, and whether the offset has minutes.
    """

    local: datetime
    fraction: str
    offset: str
    is_utc: bool
    marks: tuple[str, str, str, str, bool]

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Read a text; None if it is not a date with a time."""
        match = re.fullmatch(_SPELLING, text, re.ASCII)
        if not match:
            return None
        year, dash, month, day, tee, hour, minute, second, fraction, space, zulu, hours, colon, minutes = match.groups()
        try:
            local = datetime(*map(int, (year, month, day, hour, minute, second)))  # type: ignore[arg-type] # noqa: DTZ001
        except ValueError:
            return None
        offset = "+00:00" if zulu else f"{hours}:{minutes or '00'}" if hours else ""
        return cls(local, fraction or "", offset, bool(zulu), (dash, tee, space, colon or "", minutes is not None))

    @property
    def tags(self) -> CaptureTags:
        """The same time as Exif tags."""
        return CaptureTags(str(self.local).replace("-", ":"), self.fraction or None, self.offset or None)

    def written(self) -> str | None:
        """Write it in its spelling; None if that has no room for its offset."""
        dash, tee, space, colon, has_minutes = self.marks
        date = f"{self.local:%Y-%m-%d}".rjust(10, "0").replace("-", dash)
        text = f"{date}{tee}{self.local:%H:%M:%S}" + (f".{self.fraction}" if self.fraction else "") + space
        if self.is_utc or not self.offset:
            return text + ("Z" if self.is_utc else "")
        if not has_minutes:
            return text + self.offset[:3] if self.offset.endswith(":00") else None
        return text + self.offset[:3] + colon + self.offset[4:]

    def at(self, local: datetime, fraction: str | None = None, offset: str | None = None) -> Self:
        """Return another time in the same spelling; a fraction keeps its number of digits."""
        digits = len(self.fraction)
        fraction = self.fraction if fraction is None else fraction[:digits].ljust(digits, "0")
        if offset is None or self.is_utc or not self.offset:
            offset = self.offset
        return self._replace(local=local, fraction=fraction, offset=offset)
