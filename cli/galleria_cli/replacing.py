"""Replacing text files all at once: readers see the old text or the new one, never half of it."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from galleria_storage.errors import LocalFileError

_FOR_ALL: Final = 0o666  # less the umask, as for any new file


def replace_text(path: Path, text: str, mode: int = _FOR_ALL) -> None:
    """Write a text under another name first, then put it in the place of the file.

    Parameters
    ----------
    mode
        Who may read and write the file, before the umask.

    Raises
    ------
    LocalFileError
        It cannot be written; the old file is as it was.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        part.unlink(missing_ok=True)
        # A link that somebody put there is not followed.
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
            file.write(text)
        part.replace(path)
    except OSError as error:
        raise LocalFileError(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
