"""What one photo or film says about the time at which it was taken."""

from datetime import datetime, timedelta
from typing import Literal, NamedTuple

Kind = Literal["photo", "raw", "film", "other"]
"""`other`: a file without a capture time of its own, whatever it is."""


class Place(NamedTuple):
    """Where a photo was taken, in degrees: north and east are positive. Never shown, logged or written anywhere."""

    latitude: float
    longitude: float

    def __repr__(self) -> str:
        return "Place(…)"


class Shot(NamedTuple):
    """The facts of one file.

    Attributes
    ----------
    name
        Its path in the folder, with ``/``.
    kind
        The kind of file.
    media_type
        Its media type; empty if it is unknown.
    camera, serial
        Maker and model in one text, and the serial number of the body; empty if the file names none.
    clock
        Capture time as the camera's clock showed it, with its fraction of a second; for a film that only has a time in
        UTC, that time. None if the file has none.
    offset
        Minutes from UTC that the file gives for `clock` (OffsetTimeOriginal); None if it gives none.
    gps
        GPS time, naive, in UTC, to the second.
    place
        Where it was taken, if it says so.
    zone
        IANA name of the zone at `place`; added by callers that have a map of zones.
    note_offset
        Minutes from UTC to which the camera was set, daylight saving included, from its maker note.
    picture
        Perceptual hash of the thumbnail; added by callers that can decode pictures.
    beside
        A moment, naive, in UTC, from a file beside it (Google Takeout's JSON).
    """

    name: str
    kind: Kind = "other"
    media_type: str = ""
    camera: str = ""
    serial: str = ""
    clock: datetime | None = None
    offset: int | None = None
    gps: datetime | None = None
    place: Place | None = None
    zone: str = ""
    note_offset: int | None = None
    picture: int | None = None
    beside: datetime | None = None

    @property
    def folder(self) -> str:
        """The folder that it is in; empty for the topmost."""
        return self.name.rpartition("/")[0]

    @property
    def tells_clock(self) -> bool:
        """Whether its time is what the camera's clock showed; a film's is not: it may be in UTC, or at its end."""
        return self.clock is not None and self.kind in {"photo", "raw"}

    @property
    def moment(self) -> datetime | None:
        """The moment, naive, in UTC, given by its clock and its own offset."""
        if self.clock is None or self.offset is None:
            return None
        return self.clock - timedelta(minutes=self.offset)
