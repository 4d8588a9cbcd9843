"""Files with a few bytes changed anywhere, and what must hold of them."""

from hypothesis import strategies as st

from galleria_storage.errors import GalleriaError
from galleria_storage.photos.photo import correct_bytes
from galleria_storage.photos.plan import Asked


def damaged(data: st.DataObject, file: bytes, first: int) -> bytes:
    """Return the file with one to four other bytes in place of one, at `first` or after it."""
    at = data.draw(st.integers(first, max(first, len(file) - 1)))
    return file[:at] + data.draw(st.binary(min_size=1, max_size=4)) + file[at + 1 :]


def refused_or_corrected_for_good(file: bytes, asked: Asked) -> bytes | None:
    """Correct a file; nothing is left to do afterwards. Return the copy, or None where the file is refused."""
    try:
        result = correct_bytes(file, asked)
    except GalleriaError:
        return None
    assert correct_bytes(result, asked) == result
    return result
