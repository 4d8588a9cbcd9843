"""An edit of a photo as patches, worked out before anything is written.

A planner is a function from a source and a request to a `Plan`. No other code
knows how a format is edited: carrying a plan out only means writing spans of
the source and new bytes in turn.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from operator import itemgetter
from typing import NamedTuple, Protocol

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.corrections.capture_time import CaptureTime, read_capture_time
from galleria_storage.corrections.moment_change import MomentChange, moment_at, offset_wanted
from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.patches import Cutter, Patch, PiecesView, Span, within
from galleria_storage.photos.source import RangedSource

__all__ = ["NOTHING", "Asked", "Patch", "Plan", "Span", "Texts", "patched", "within"]


class Asked(Protocol):
    """A request to change a photo, such as a `Correction`.

    Attributes
    ----------
    dates
        ``all`` if other dates that name the same moment follow the capture time.
    remove
        Groups of metadata to remove; see `private`.
    """

    @property
    def dates(self) -> str:
        """Which dates change."""
        ...

    @property
    def remove(self) -> tuple[str, ...]:
        """What is removed."""
        ...

    @property
    def takes_other_date(self) -> bool:
        """Whether it needs the photo's other dates first; see `with_other_dates`."""
        ...

    def with_other_dates(self, told: Sequence[CaptureTime] | None) -> "Asked":
        """Return the request for a photo with these other dates; None if it has a capture time."""
        ...

    @property
    def needs_gps(self) -> bool:
        """Whether it needs the photo's GPS time first; see `with_gps`."""
        ...

    def with_gps(self, moment: datetime | None) -> "Asked":
        """Return the request for a photo with this GPS time (naive, in UTC), or without one."""
        ...

    def changes(self, found: CaptureTags) -> CaptureTags:
        """Return the texts to write, given those found; None leaves a tag as it is.

        Raises
        ------
        CorrectionError
            The change is impossible for a photo with these tags.
        """
        ...

    def moment_change(self, known_offset: str | None) -> MomentChange:
        """Return what happens to a moment that a film records in UTC, given its offset, if the film records one.

        Raises
        ------
        CorrectionError
            The requested capture time has no known offset.
        """
        ...


class Texts(NamedTuple):
    """Asks for the same texts whatever the photo holds; without texts, for no change."""

    texts: CaptureTags = CaptureTags()
    dates: str = "capture"
    remove: tuple[str, ...] = ()
    needs_gps: bool = False
    takes_other_date: bool = False

    def with_other_dates(self, told: Sequence[CaptureTime] | None) -> "Texts":  # noqa: ARG002 # whatever they are
        """Return the same."""
        return self

    def with_gps(self, moment: datetime | None) -> "Texts":  # noqa: ARG002 # whatever it is
        """Return the same."""
        return self

    def changes(self, found: CaptureTags) -> CaptureTags:  # noqa: ARG002 # whatever was found
        """Return the texts."""
        return self.texts

    def moment_change(self, known_offset: str | None) -> MomentChange:
        """Return the moment that the texts name."""
        time, _, offset = self.texts
        if time is None:
            return MomentChange()
        offset = offset or known_offset
        if not offset:
            raise offset_wanted(time)
        return MomentChange(to=moment_at(read_capture_time(self.texts).time.local, offset))


NOTHING = Texts()
"""Asks for no change, to read a result back."""


class Plan:
    """An edit: sorted, disjoint patches of a source.

    Parameters
    ----------
    size
        The source's size.
    patches
        In any order. Insertions at one offset stay in the order given.
    before, after
        The capture tags in the source, and in the result.
    notes
        What the outcome should say about the edit.

    Raises
    ------
    CorruptPhotoError
        Two patches overlap, or one reaches beyond the source.
    """

    __slots__ = ("after", "before", "growth", "notes", "patches", "size")

    def __init__(
        self,
        size: int,
        patches: Iterable[Patch],
        before: CaptureTags,
        after: CaptureTags,
        notes: tuple[str, ...] = (),
    ) -> None:
        self.size = size
        self.patches = tuple(sorted(patches, key=itemgetter(0)))
        self.before, self.after, self.notes = before, after, notes
        self.growth = 0
        done = 0
        for offset, removed, data in self.patches:
            if offset < done or removed < 0 or offset + removed > size:
                raise CorruptPhotoError(
                    "the capture time cannot be changed: two things that would change share bytes",
                    advice="Publish the photo without a correction, or correct it in a photo program.",
                )
            done = offset + removed
            self.growth += len(data) - removed

    @property
    def result_size(self) -> int:
        """Size of the result in bytes."""
        return self.size + self.growth

    def pieces(self) -> Iterator[bytes | Span]:
        """Yield the pieces of the result: new bytes and spans of the source, none empty."""
        done = 0
        for offset, removed, data in self.patches:
            if offset > done:
                yield Span(done, offset)
            if data:
                yield data
            done = offset + removed
        if done < self.size:
            yield Span(done, self.size)

    def apply(self, data: bytes) -> bytes:
        """Return the result for a source that is in memory."""
        if not self.patches:
            return data
        view = memoryview(data)
        return b"".join(view[p.start : p.stop] if isinstance(p, Span) else p for p in self.pieces())

    def start_of(self, data: bytes) -> bytes:
        """Return the start of the result, as far as it depends only on the source's first bytes."""
        view = memoryview(data)
        found: list[bytes | memoryview] = []
        done = 0
        for offset, removed, new in self.patches:
            if offset > len(data):
                break
            found += (view[done:offset], new)
            done = offset + removed
        return b"".join((*found, view[done:]))

    def view(self, source: RangedSource) -> PiecesView:
        """Return the result as a source, without writing it."""
        return PiecesView(self.pieces(), source)

    def then(self, later: "Plan") -> "Plan":
        """Combine this plan with a later one for its result."""
        pieces = later.of_pieces(self.pieces())
        patches: list[Patch] = []
        done, pending = 0, b""
        for piece in (*pieces, Span(self.size, self.size)):
            if isinstance(piece, bytes):
                pending += piece
                continue
            if pending or piece.start > done:
                patches.append(Patch(done, piece.start - done, pending))
            done, pending = piece.stop, b""
        return Plan(self.size, patches, self.before, later.after, self.notes + later.notes)

    def of_pieces(self, pieces: Iterable[bytes | Span]) -> Iterator[bytes | Span]:
        """Yield the pieces of the result, if the source itself consists of these pieces."""
        cut = Cutter(pieces)
        for offset, removed, data in self.patches:
            yield from cut.up_to(offset)
            if data:
                yield data
            for _ in cut.up_to(offset + removed):
                pass
        yield from cut.up_to(self.size)

    def moved(self, span: Span) -> Span | None:
        """Return where a span of the source is in the result; None if a patch touches it."""
        shift = 0
        for offset, removed, data in self.patches:
            if offset >= span.stop:
                break
            if offset + removed > span.start or (not removed and offset > span.start):
                return None
            shift += len(data) - removed
        return Span(span.start + shift, span.stop + shift)


def patched(data: bytes, patches: Iterable[Patch]) -> bytes:
    """Return bytes with patches applied."""
    return Plan(len(data), patches, CaptureTags(), CaptureTags()).apply(data)
