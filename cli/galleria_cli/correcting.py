"""Corrected copies of photos on this computer: the work of `galleria-storage correct`."""

import filecmp
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final, Literal, NamedTuple

from galleria_cli.beside import SIDECAR, asked_of, corrected_sidecar, owner_of
from galleria_cli.rules.facts import Facts, facts_of, media_of, refuse_pretended
from galleria_cli.rules.rulebook import Rulebook
from galleria_cli.text_table import sentences
from galleria_storage.bulk.walk import LocalFile
from galleria_storage.corrections.correction import Correction, parse_correction
from galleria_storage.errors import GalleriaError, LocalFileError, UnsupportedFormatError
from galleria_storage.photos.formats import is_correctable
from galleria_storage.photos.photo import correct_stream, plan_photo
from galleria_storage.photos.plan import NOTHING, Plan
from galleria_storage.photos.source import FileSource
from galleria_storage.publishing.fingerprint import capture_text
from galleria_storage.transfer.local_content import LocalContent

Status = Literal["corrected", "copied", "already there", "left out", "rejected"]
_TAKEN: Final = "exists already"


class Corrected(NamedTuple):
    """The result for one file, with its capture times before and after."""

    name: str
    status: Status
    times: str = ""
    reason: str = ""


def _umask() -> int:
    """Return the umask, which can only be read by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


@dataclass(frozen=True, slots=True)
class Correcting:
    """One run; `one` may be called by many threads.

    Attributes
    ----------
    book, given
        Corrections from the rules, and from the command line.
    into
        Where the copies go; None: nothing is written.
    others
        Copy files that are not photos, too.
    mask
        The umask, read once, since it can only be read by setting it.
    """

    book: Rulebook
    given: Mapping[str, str]
    into: Path | None
    others: bool = False
    mask: int = field(default_factory=_umask)

    def one(self, file: LocalFile) -> Corrected:
        """Correct one file; any error becomes its status."""
        try:
            if file.problem:
                return Corrected(file.name, "rejected", reason=file.problem)
            return self._one(file)
        except GalleriaError as error:
            return Corrected(file.name, "rejected", reason=sentences(error.message, error.advice))
        except OSError as error:
            return Corrected(file.name, "rejected", reason=f"it cannot be copied: {error.strerror or error}")

    def _one(self, file: LocalFile) -> Corrected:
        if file.path.suffix.lower() == SIDECAR:
            return self._sidecar(file, owner_of(file.path))
        facts = self._facts(file.name, file.path)
        choice = self.book.choose(facts, self.given)
        if choice.skip:
            return Corrected(file.name, "left out", reason=choice.because)
        media_type = facts.media.media_type if facts.media else ""
        if not is_correctable(media_type):
            return self._other(file, facts, asked=bool(choice.asked) and not choice.general)
        correction = parse_correction(asked_of(file.path, media_type, choice.asked), {})
        return self._photo(file, correction, asked=bool(choice.asked))

    def _photo(self, file: LocalFile, correction: Correction, *, asked: bool) -> Corrected:
        with LocalContent(file.path).open() as source:
            plan = plan_photo(FileSource(source), correction)
            times = _times(plan)
            target = self._target(file)
            if target and os.path.lexists(target):
                if _holds(target, plan):
                    return Corrected(file.name, "already there", times)
                raise _taken(target)
            if target:
                source.seek(0)
                self._write(target, file.path, lambda copy: correct_stream(source, copy, correction))
        if not plan.patches:
            return Corrected(file.name, "copied", reason="it is right already" if asked else "")
        return Corrected(file.name, "corrected", times, "; ".join(plan.notes))

    def _sidecar(self, file: LocalFile, owner: Path) -> Corrected:
        """Correct a sidecar as its photo."""
        facts = self._facts(file.name, owner)
        beside = file.name.rpartition("/")[0]
        choice = self.book.choose(facts._replace(name=f"{beside}/{owner.name}".lstrip("/")), self.given)
        if choice.skip:
            return Corrected(file.name, "left out", reason=choice.because)
        with LocalContent(file.path).open() as stream:
            data = stream.read()
        edited = corrected_sidecar(data, owner, parse_correction(choice.asked, {}))
        target = self._target(file)
        if target and os.path.lexists(target):
            if target.is_file() and target.read_bytes() == edited:
                return Corrected(file.name, "already there")
            raise _taken(target)
        if target:
            self._write(target, file.path, lambda copy: copy.write(edited))
        return Corrected(file.name, "corrected" if edited != data else "copied")

    def _other(self, file: LocalFile, facts: Facts, *, asked: bool) -> Corrected:
        """Copy a file that is not a photo, or a photo that cannot be corrected."""
        if asked and (facts.media is None or facts.media.image) and not (self.others and facts.media is None):
            kind = f"photos of type {facts.media.media_type}" if facts.media else "files of no known image format"
            raise UnsupportedFormatError(f"{kind} cannot be corrected")
        if facts.media is None and not self.others:
            refuse_pretended(file.name, file.path)
        if not self.others and not (facts.media and facts.media.image):
            return Corrected(file.name, "left out", reason="it is not a photo")
        target = self._target(file)
        if target and os.path.lexists(target):
            if not (target.is_file() and filecmp.cmp(file.path, target, shallow=False)):
                raise _taken(target)
            return Corrected(file.name, "already there")
        if target:
            with LocalContent(file.path).open() as source:
                self._write(target, file.path, lambda copy: shutil.copyfileobj(source, copy))
        return Corrected(file.name, "copied")

    def _write(self, target: Path, original: Path, write: Callable[[BinaryIO], object]) -> None:
        """Write a copy under a temporary name first, so that nobody sees half of it; file times are kept."""
        target.parent.mkdir(parents=True, exist_ok=True)
        # A new file with a random name: a link planted under a predictable one would be followed.
        handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=target.parent)
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as copy:
                write(copy)
            part.chmod(0o666 & ~self.mask)  # permissions as of any new file; so far only the owner may read it
            state = original.stat()
            os.utime(part, ns=(state.st_atime_ns, state.st_mtime_ns))
            _rename(part, target)
        finally:
            part.unlink(missing_ok=True)

    def _facts(self, name: str, path: Path) -> Facts:
        return facts_of(name, path) if self.book.needs_facts else Facts(name, media_of(path))

    def _target(self, file: LocalFile) -> Path | None:
        return self.into / file.name if self.into else None


def _times(plan: Plan) -> str:
    """Write the capture times before and after; one that stays is written once."""
    return " → ".join(dict.fromkeys(capture_text(tags) or "-" for tags in (plan.before, plan.after)))


def _holds(target: Path, plan: Plan) -> bool:
    """Whether a file is the result of a plan, judging by its length and its capture tags."""
    if target.is_symlink() or not target.is_file():
        return False
    try:
        with LocalContent(target).open() as stream:
            source = FileSource(stream)
            return source.size == plan.result_size and plan_photo(source, NOTHING).before == plan.after
    except GalleriaError:
        return False


def _rename(part: Path, target: Path) -> None:
    """Give a file its name, unless something else has that name by now."""
    try:
        os.link(part, target)
    except FileExistsError:
        raise _taken(target) from None
    except OSError:  # a file system without links
        part.rename(target)


def _taken(target: Path) -> LocalFileError:
    return LocalFileError(f"{target} {_TAKEN}", advice="Name another folder, or remove the file.")
