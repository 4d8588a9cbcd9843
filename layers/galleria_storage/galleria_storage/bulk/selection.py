"""Which files in a folder to take: patterns to include, and patterns to exclude."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Final, NamedTuple


class Selection(NamedTuple):
    """Patterns of names; letter case does not matter (``*.jpg`` takes ``A.JPG``).

    Attributes
    ----------
    include
        Take only names that match one of these; empty: take all.
    exclude
        Skip names that match one of these, whatever `include` says.
    """

    include: Sequence[str] = ()
    exclude: Sequence[str] = ()

    def takes(self, name: str) -> bool:
        """Whether to take a name, with ``/`` between folders."""
        return (not self.include or _fits(self.include, name)) and not _fits(self.exclude, name)


EVERYTHING: Final = Selection()


def _fits(patterns: Sequence[str], name: str) -> bool:
    """Match the last part of a name, the whole name, or for ``folder/`` the folders that it is in."""
    whole = name.casefold()
    last = whole.rpartition("/")[2]
    return any(
        fnmatchcase(f"/{whole}", f"*/{pattern}*") if pattern.endswith("/") else _matches(whole, last, pattern)
        for pattern in (pattern.casefold() for pattern in patterns)
    )


def _matches(whole: str, last: str, pattern: str) -> bool:
    return fnmatchcase(whole, pattern.removeprefix("/")) or ("/" not in pattern and fnmatchcase(last, pattern))
