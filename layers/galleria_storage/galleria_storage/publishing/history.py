"""How the settings with which a copy was made differ from the current ones.

People who publish by hand may have other settings than the deployed function. The copies would then change back and
forth, and nobody would know why.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from galleria_storage.publishing.fingerprint import ASKED, LONGEST_ASKED, RECORDED, is_ours
from galleria_storage.s3.objects import ObjectInfo

if TYPE_CHECKING:
    from galleria_storage.publishing.wishes import Wish

_DEFAULT = "default"


def other_settings(standing: ObjectInfo, wish: "Wish") -> str:
    """Say in which settings a copy differs from what its original would give now; empty: in none.

    Parameters
    ----------
    standing
        The existing copy; one that this service did not write says nothing.
    wish
        What its original asks for, with the current settings.
    """
    if not is_ours(standing):
        return ""
    pairs = _defaults(standing.metadata.get(ASKED, ""), wish.asked)
    pairs["Cache-Control"] = (standing.cache_control, wish.cache_control)
    told = [f"{name} was {old or 'not set'}, is {new or 'not set'}" for name, (old, new) in pairs.items() if old != new]
    withdrawn = standing.metadata.keys() & wish.info.metadata.keys() - wish.metadata.keys() - RECORDED
    told += [f"metadata {name} was copied, is not" for name in withdrawn]
    return "; ".join(sorted(told))


def _defaults(before: str, now: str) -> dict[str, tuple[str, str]]:
    """Return old and new values of stack-wide corrections, unless the photo's own correction has changed.

    A photo's own correction replaces a default. So a default that is gone matters only if the photo asks for the same
    as before.
    """
    whole = len(before) < LONGEST_ASKED  # anything longer was cut when it was recorded
    old, new = _parsed(before if whole else before.rpartition(";")[0]), _parsed(now)
    same = {key: asked for key, asked in old.items() if asked[0] != _DEFAULT} == {
        key: asked for key, asked in new.items() if asked[0] != _DEFAULT
    }
    keys = old.keys() | new.keys() if same and whole else old.keys() & new.keys()
    return {
        key: (_value(old, key), _value(new, key))
        for key in keys
        if {asked[key][0] for asked in (old, new) if key in asked} == {_DEFAULT}
    }


def _parsed(asked: str) -> dict[str, tuple[str, str]]:
    """Read `corrections.precedence.Winning.sources`: key -> (source, value)."""
    found = {}
    for part in asked.split(";"):
        source, _, pair = part.partition(":")
        key, sign, value = pair.partition("=")
        if sign:
            found[key] = (source, value)
    return found


def _value(asked: Mapping[str, tuple[str, str]], key: str) -> str:
    return asked[key][1] if key in asked else ""
