"""One check of `doctor`: what it found, and what to do about it."""

from collections.abc import Callable
from typing import Literal, NamedTuple

from galleria_storage.errors import GalleriaError

State = Literal["ok", "wrong", "note"]


class Check(NamedTuple):
    """What one check found, and what to do about it."""

    name: str
    state: State
    found: str
    advice: str = ""


def attempt(name: str, check: Callable[[], Check]) -> Check:
    """Return a check; an error that prevents it makes it `wrong`."""
    try:
        return check()
    except GalleriaError as error:
        return wrong(name, error)


def wrong(name: str, error: GalleriaError) -> Check:
    """Return the check that an error ended."""
    return Check(name, "wrong", error.message, error.advice or "")
