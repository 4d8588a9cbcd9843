"""Names that are almost right: nothing reads them, although somebody surely meant them to be read.

A key with an underscore or a setting with a missing letter would be ignored
silently; a note in the outcome or in the log says what was probably meant.
Values are never shown: a setting may hold a secret.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from galleria_storage.corrections.correction_keys import CORRECTION_KEYS, DATES, REMOVE

#: Names in tags and metadata that begin with this word are meant for us, so all unread ones are reported.
_OWN_WORD: Final = "galleria"
#: Only names with one of these are compared letter by letter, which takes a hundred times as long.
_HINTS: Final = ("time", "zone", "offset", "correct", "tz")
_HOW_SIMILAR: Final = 0.8
_SHORTEST_COMPARED: Final = 8
_SYNONYMS: Final = {"tz": "timezone", "datetime": "timestamp"}
#: Short keys, by the beginning of longer names for them: data that should have
#: been removed must not be published silently.
_STEMS: Final = {"remov": REMOVE, "datefield": DATES}


def near_keys(metadata: Mapping[str, str], tags: Mapping[str, str], own: Collection[str] = ()) -> tuple[str, ...]:
    """Name the metadata and tags of an object that are almost corrections.

    Parameters
    ----------
    metadata, tags
        As for `parse_correction`.
    own
        Names beginning with ``galleria-`` that this project records itself: a
        published copy that is uploaded again carries them.

    Returns
    -------
    tuple of str
        One note for each name, in words for the outcome.
    """
    places = (("metadata", metadata), ("tag", tags))
    notes = (_note(place, name, own) for place, names in places for name, value in names.items() if value.strip())
    return tuple(note for note in notes if note)


def near_settings(present: Iterable[str], known: Collection[str]) -> tuple[str, ...]:
    """Name the environment variables that are almost settings.

    Parameters
    ----------
    present
        Names of all environment variables.
    known
        Names of the settings that are read.

    Returns
    -------
    tuple of str
        One note for each variable that nothing reads.
    """
    prefixes = {name.partition("_")[0] for name in known}
    suspects = sorted(name for name in present if name not in known and _may_be_meant(name, prefixes))
    nearest = ((name, _nearest(name, known)) for name in suspects)
    return tuple(
        f"the environment variable {name!r} is not read; {near} may be meant" for name, near in nearest if near
    )


def _note(place: str, name: str, own: Collection[str]) -> str:
    key = name.strip().lower()
    if key in CORRECTION_KEYS or key in own:
        return ""
    if _bare(key).startswith(_OWN_WORD):
        near = _nearest_key(_bare(key).removeprefix(_OWN_WORD))
        meant = f"{near} may be meant" if near else f"corrections are {', '.join(CORRECTION_KEYS)}"
    elif near := _nearest_key(key.removeprefix("x-amz-meta-").removeprefix("x-amz-tagging-")):
        meant = f"{near} may be meant"
    else:
        return ""
    return f"the {place} {name[:60]!r} is not read; {meant}"


def _may_be_meant(name: str, prefixes: Collection[str]) -> bool:
    """Whether a name, in capitals, begins as settings do; all others belong to somebody else."""
    start = name.strip().upper().replace("-", "_").partition("_")[0]
    return start in prefixes


def _nearest_key(name: str) -> str:
    stem = next((key for stem, key in _STEMS.items() if _bare(name).startswith(stem)), "")
    return stem or _nearest(name, CORRECTION_KEYS)


def _nearest(name: str, known: Collection[str]) -> str:
    """Return the known name that differs only in letter case and punctuation, else the nearest, else an empty text."""
    bare = _bare(name)
    by_letters = {_bare(one): one for one in known}
    if bare in by_letters:
        return by_letters[bare]
    if len(bare) < _SHORTEST_COMPARED or (known is CORRECTION_KEYS and not any(hint in bare for hint in _HINTS)):
        return ""
    from difflib import get_close_matches  # noqa: PLC0415 # few objects have such a name

    near = get_close_matches(bare[:64], by_letters, n=1, cutoff=_HOW_SIMILAR)
    return by_letters[near[0]] if near else ""


def _bare(name: str) -> str:
    """Return only letters and digits, with synonyms replaced by our words."""
    words = "".join(sign if sign.isalnum() else " " for sign in name.lower()).split()
    return "".join(_SYNONYMS.get(word, word) for word in words)
