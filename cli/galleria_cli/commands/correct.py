"""`galleria-storage correct --into FOLDER KEY=VALUE… PHOTO…`: correct photos on this computer, or try a correction."""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click

from galleria_cli.table import printable
from galleria_storage.corrections.correction import Correction, parse_correction
from galleria_storage.corrections.keys import CORRECTION_KEYS
from galleria_storage.corrections.near_misses import near_keys
from galleria_storage.errors import CorrectionError, GalleriaError, LocalFileError
from galleria_storage.photos.photo import correct_stream
from galleria_storage.photos.plan import Plan
from galleria_storage.publishing.fingerprint import capture_text
from galleria_storage.transfer.local_content import LocalContent


@click.command("correct", epilog="Exit status: 0 all corrected, 1 a photo was rejected, 2 the correction is wrong.")
@click.argument("words", nargs=-1, required=True, metavar="KEY=VALUE... PHOTO...")
@click.option("--into", type=click.Path(path_type=Path), metavar="FOLDER", help="Where the corrected copies go.")
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
def command(words: tuple[str, ...], *, into: Path | None, dry_run: bool) -> int:
    """Correct photos on this computer, or try what a correction would do.

    Writes a corrected copy of each photo into a folder. The photos themselves are only read, and no copy that is
    there already is replaced. The corrections are those of tags and metadata.
    """
    if bool(into) == dry_run:
        raise click.UsageError("give either --into FOLDER or --dry-run")
    correction, photos = _understand(words)
    if into:
        try:
            into.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LocalFileError(f"{into} cannot be used as a folder: {error.strerror or error}") from error
    rejected = sum(not _correct(photo, correction, into) for photo in photos)
    return int(rejected > 0)


def _understand(words: Sequence[str]) -> tuple[Correction, list[Path]]:
    asked: dict[str, str] = {}
    photos = []
    for word in words:
        key, sign, value = word.partition("=")
        if not sign or key.lower() not in CORRECTION_KEYS:
            if (notes := near_keys({key: value}, {})) and not Path(word).exists():
                raise CorrectionError(f"{key!r} is not a correction; {notes[0].rpartition('; ')[2]}")
            photos.append(Path(word))
        elif asked.setdefault(key.lower(), value) != value:
            raise CorrectionError(f"{key} is given twice, as {asked[key.lower()]!r} and as {value!r}; once is allowed")
    correction = parse_correction(asked, {})
    if not correction:
        raise CorrectionError(f"no correction is given; allowed are {', '.join(CORRECTION_KEYS)}, as KEY=VALUE")
    if not photos:
        raise CorrectionError("no photo is given", advice="Name one or more JPEG files.")
    return correction, photos


def _correct(photo: Path, correction: Correction, folder: Path | None) -> bool:
    """Correct one photo, or try to, and say what became of it."""
    try:
        edit = _write(photo, correction, folder) if folder else _try(photo, correction)
    except GalleriaError as error:
        why = error.message
    except OSError as error:
        why = f"it cannot be copied: {error.strerror or error}"
    else:
        done, times = "corrected" if folder else "would be", (capture_text(tags) for tags in (edit.before, edit.after))
        print(f"{done:<10} {printable(str(photo))}  {' → '.join(time or '-' for time in times)}")
        return True
    print(f"{'rejected':<10} {printable(str(photo))}  {printable(why)}")
    return False


def _try(photo: Path, correction: Correction) -> Plan:
    with LocalContent(photo).open() as source, Path(os.devnull).open("wb") as nowhere:
        return correct_stream(source, nowhere, correction)


def _write(photo: Path, correction: Correction, folder: Path) -> Plan:
    """Write a copy under a name of its own first, so that nobody meets a half of it."""
    target = folder / photo.name
    if os.path.lexists(target):
        raise LocalFileError(f"{target} exists already", advice="Name another folder, or remove the file.")
    # A new file, whatever anybody has put into the folder: a link under a name that can be guessed would be followed.
    handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=folder)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as copy, LocalContent(photo).open() as source:
            edit = correct_stream(source, copy, correction)
        part.chmod(0o666 & ~_umask())  # as any new file; it was made for its owner alone
        _rename(part, target)
    finally:
        part.unlink(missing_ok=True)
    return edit


def _rename(part: Path, target: Path) -> None:
    """Give a file its name, unless something has taken that name meanwhile."""
    try:
        os.link(part, target)
    except FileExistsError:
        raise LocalFileError(f"{target} exists already", advice="Name another folder, or remove the file.") from None
    except OSError:  # a file system without links
        part.rename(target)


def _umask() -> int:
    """Return what new files are not allowed; reading it means setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
