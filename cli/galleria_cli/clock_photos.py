"""`--clock PHOTO=TIME`: a photo of a clock, and the time that it shows; without a time, a QR code in it says so.

Apps and web pages show the time as a QR code for this purpose: ISO 8601, or seconds since 1970. The codes are read if a
decoder is installed (`zxing-cpp`, with Pillow).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

from galleria_storage.bulk.walk import LocalFile
from galleria_storage.errors import CorrectionError, LocalFileError

_OPTION: Final = "--clock"
_EXAMPLE: Final = "IMG_0001.JPG=2024-06-15T12:30:45"
_SINCE_1970: Final = re.compile(r"\d{10}(\d{3})?")


def shown_times(given: Iterable[str], files: Sequence[LocalFile]) -> Mapping[str, datetime]:
    """Return the times on clocks in photos, by the photos' names.

    Raises
    ------
    LocalFileError
        No photo among the files has this name, or several do.
    CorrectionError
        A time cannot be understood, or there is neither a time nor a readable QR code.
    """
    shown = {}
    for word in given:
        name, sign, text = word.partition("=")
        file = _file(name, files)
        time = read_time(text) if sign else time_in_code(file.path)
        if time is None:
            expected = "allowed is a time such as 2024-06-15T12:30:45, with or without an offset"
            raise CorrectionError(f"{_OPTION} is {word!r}; {expected if sign else _no_code()}", tag=_OPTION)
        shown[file.name] = time
    return shown


def read_time(text: str) -> datetime | None:
    """Read a time that a clock shows: ISO 8601, with a blank or ``T``, or seconds (or milliseconds) since 1970."""
    if match := _SINCE_1970.fullmatch(text.strip()):
        return datetime.fromtimestamp(int(text) / (1000 if match[1] else 1), UTC)
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return None


def _file(name: str, files: Sequence[LocalFile]) -> LocalFile:
    found = [file for file in files if name in {file.name, str(file.path)} or Path(file.name).name == name]
    if len(found) != 1:
        problem = "there is no such photo" if not found else "there are several photos of this name"
        raise LocalFileError(f"{_OPTION} {name!r}: {problem}", advice=f"Give its path in the folder: {_EXAMPLE}.")
    return found[0]


def time_in_code(photo: Path | BinaryIO) -> datetime | None:
    """Return the time in a photo's QR code; None if there is no such code, or no decoder is installed."""
    try:
        import zxingcpp  # noqa: PLC0415 # whoever wants it installs it
        from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 # the same
    except ImportError:
        return None
    try:
        with Image.open(photo) as picture:
            codes = zxingcpp.read_barcodes(picture.convert("L"))
    except (OSError, ValueError, UnidentifiedImageError, Image.DecompressionBombError):
        return None
    return next((time for code in codes if (time := read_time(code.text))), None)


def _no_code() -> str:
    return f"no QR code with a time was found in it (this needs zxing-cpp and Pillow), so give the time: {_EXAMPLE}"
