"""The `galleria.toml` of a folder, written only while nobody else has changed it."""

from pathlib import Path

from galleria_cli.replacing import replace_text
from galleria_cli.rules.filename import NAME
from galleria_cli.rules.rulebook import parse_rulebook
from galleria_storage.errors import LocalFileError, SettingsError


class RulesFile:
    """One file of rules.

    Parameters
    ----------
    path
        Where it is, or will be.

    Attributes
    ----------
    first
        Its text when the table was opened; empty if there was no file.

    Raises
    ------
    SettingsError, CorrectionError
        It exists, but cannot be understood.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.first = self._known = self._read()
        parse_rulebook(self.first, str(path))

    def write(self, text: str) -> bool:
        """Write this text, and return whether the file had another one.

        Raises
        ------
        SettingsError
            Somebody else has changed the file since it was last read or written here.
        LocalFileError
            It cannot be written.
        """
        if text == self._known:
            return False
        parse_rulebook(text)
        if self._read() != self._known:
            raise SettingsError(f"{NAME} was changed by another program", advice="Open the table again.", tag=NAME)
        if text.strip():
            replace_text(self.path, text)
        else:
            self._remove()
        self._known = text
        return True

    def _remove(self) -> None:
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise LocalFileError(f"{self.path} cannot be removed: {error.strerror or error}") from error

    def _read(self) -> str:
        try:
            return self.path.read_text(encoding="utf-8-sig")  # as `read_rulebook` reads it
        except FileNotFoundError:
            return ""
        except UnicodeDecodeError as error:
            raise LocalFileError(
                f"{self.path} cannot be read: byte {error.start + 1} is not UTF-8", advice="Save it as UTF-8."
            ) from error
        except OSError as error:
            raise LocalFileError(f"{self.path} cannot be read: {error.strerror or error}") from error
