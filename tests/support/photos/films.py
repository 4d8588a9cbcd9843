"""Small films: the boxes in which QuickTime and MP4 keep times, built and read by other code than the library's."""

from datetime import datetime, timedelta

from tests.support.photos.boxes import box, boxes_of, full_box, number, only, u

BEGIN = datetime(1904, 1, 1)
SHOT = datetime(2020, 1, 2, 2, 4, 5)  # UTC
PICTURES = bytes(range(256)) * 4


def seconds(moment: datetime | int) -> int:
    return moment if isinstance(moment, int) else round((moment - BEGIN).total_seconds())


def header(
    kind: bytes, created: datetime | int, modified: datetime | int | None = None, *, version: int = 0, rest: int = 80
) -> bytes:
    width = 8 if version else 4
    modified = created if modified is None else modified
    return full_box(kind, version, 0, u(seconds(created), width), u(seconds(modified), width), bytes(rest))


def track(created: datetime | int, *more: bytes, version: int = 0) -> bytes:
    media = box(
        b"mdia", header(b"mdhd", created, version=version), full_box(b"hdlr", 0, 0, u(0, 4), b"vide", bytes(13))
    )
    return box(b"trak", header(b"tkhd", created, version=version), media, *more)


def value(kind: bytes, data: bytes, type_: int = 1) -> bytes:
    return box(kind, box(b"data", u(type_, 4), u(0, 4), data))


def keys(text: bytes, *, key: bytes = b"com.apple.quicktime.creationdate", full: bool = False, type_: int = 1) -> bytes:
    """Return a `meta` box whose second key has a text."""
    names = [b"com.apple.quicktime.make", key]
    table = full_box(b"keys", 0, 0, u(len(names), 4), b"".join(box(b"mdta", name) for name in names))
    listed = box(b"ilst", value(u(1, 4), b"Apple"), value(u(2, 4), text, type_))
    return box(b"meta", bytes(4) if full else b"", full_box(b"hdlr", 0, 0, bytes(4), b"mdta", bytes(13)), table, listed)


def user_data(text: bytes) -> bytes:
    return box(
        b"udta",
        box(b"\xa9fmt", u(2, 2), u(0, 2), b"ab"),
        box(b"\xa9day", u(len(text), 2), u(0x15C7, 2), text),
        bytes(4),
    )


def phone_data(text: bytes) -> bytes:
    return box(b"udta", box(b"date", text))


def itunes(text: bytes) -> bytes:
    meta = full_box(
        b"meta", 0, 0, full_box(b"hdlr", 0, 0, bytes(4), b"mdir", bytes(13)), box(b"ilst", value(b"\xa9day", text))
    )
    return box(b"udta", meta)


def film(
    *more: bytes,
    created: datetime | int = SHOT,
    modified: datetime | int | None = None,
    version: int = 0,
    last: bool = True,
) -> bytes:
    """Return a film with one track; its tables after the pictures, as most cameras put them, or before."""
    movie = box(b"moov", header(b"mvhd", created, modified, version=version), track(created, version=version), *more)
    pictures = box(b"mdat", PICTURES)
    return box(b"ftyp", b"qt  ", bytes(4), b"qt  ") + (pictures + movie if last else movie + pictures)


def clocks_of(file: bytes) -> dict[str, tuple[datetime, datetime]]:
    """Read the times of creation and modification of movie, track and media."""
    movie = only(file, b"moov")
    found = {}
    for path in ((b"mvhd",), (b"trak", b"tkhd"), (b"trak", b"mdia", b"mdhd")):
        body = movie
        for kind in path:
            body = next(b.body for b in boxes_of(body) if b.kind == kind)
        width = 8 if body[0] else 4
        times = (number(body, 4, width), number(body, 4 + width, width))
        found[path[-1].decode()] = (BEGIN + timedelta(seconds=times[0]), BEGIN + timedelta(seconds=times[1]))
    return found


def created_of(file: bytes) -> set[datetime]:
    return {created for created, _ in clocks_of(file).values()}
