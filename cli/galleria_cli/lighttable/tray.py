"""The tray: files without a time, damaged ones, pairs, films, and what the public would learn."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from galleria_cli.lighttable.examination import GROUPS
from galleria_cli.lighttable.gathering import Found
from galleria_storage.clocks.untimed import FoundTime

_LEARNS = {
    "location": "Where photos were taken",
    "serial-numbers": "Serial numbers of cameras and lenses",
    "names": "Names of people",
    "captions": "Captions and comments",
    "faces": "Faces that a program has marked",
}


def tray_json(
    found: Sequence[Found],
    revealed: Mapping[str, Sequence[int]],
    same: Iterable[Sequence[int]],
    times: Mapping[str, FoundTime],
    *,
    finished: bool,
) -> dict[str, Any]:
    """Return the groups of the tray that are not empty.

    Parameters
    ----------
    revealed, same, finished
        What an examination has found.
    times
        Evidence of when photos without a time were taken, by their names.
    """
    by_number = {one.number: one for one in found}
    groups = [
        _group("Damaged", "They are rejected as they are.", _damaged(found)),
        _group("Without a time", "Give each a time of its own, or leave it at the end.", _untimed(found, times)),
        _group("The same file more than once", "", [_several([by_number[one] for one in group]) for group in same]),
        _group("RAW and JPEG of one picture", "They are moved together.", _pairs(found, {"photo", "raw"})),
        _group("Live photos", "The film is moved with its photo.", _pairs(found, {"photo", "film"})),
        _group("Films", "They are pushed only with --also.", [_one(one) for one in found if one.shot.kind == "film"]),
        _group("Sidecars and the like", "They stay here.", [_one(one) for one in found if one.sidecar]),
        _group("No photos", "They are left out.", [_one(one) for one in found if _is_other(one)]),
    ]
    learns = [{"group": name, "title": _LEARNS[name], "count": len(revealed[name])} for name in GROUPS]
    return {"groups": [group for group in groups if group["items"]], "learns": learns, "finished": finished}


def _group(title: str, note: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    return {"title": title, "note": note, "items": items}


def _one(one: Found, note: str = "") -> dict[str, Any]:
    return {"ids": [one.number], "names": [one.item.name], "note": note}


def _several(group: Sequence[Found]) -> dict[str, Any]:
    return {"ids": [one.number for one in group], "names": [one.item.name for one in group], "note": ""}


def _damaged(found: Iterable[Found]) -> list[dict[str, Any]]:
    return [_one(one, one.problem) for one in found if one.problem]


def _untimed(found: Iterable[Found], times: Mapping[str, FoundTime]) -> list[dict[str, Any]]:
    return [
        _with_time(one, times.get(one.item.name))
        for one in found
        if one.shot.media_type and one.shot.clock is None and not one.problem
    ]


def _with_time(one: Found, time: FoundTime | None) -> dict[str, Any]:
    if time is None:
        return _one(one)
    words = "; ".join(clue.words for clue in time.clues)
    return {**_one(one, f"{time.confidence}: {words}"), "time": time.time.isoformat(" ", "seconds")}


def _is_other(one: Found) -> bool:
    return not (one.shot.media_type or one.sidecar or one.problem)


def _pairs(found: Iterable[Found], kinds: set[str]) -> list[dict[str, Any]]:
    """Return groups of files whose names differ only in the ending, and that have exactly these kinds."""
    stems: dict[str, list[Found]] = defaultdict(list)
    for one in found:
        if one.shot.media_type:
            stems[one.item.name.rpartition(".")[0].casefold()].append(one)
    return [_several(group) for group in stems.values() if {one.shot.kind for one in group} == kinds]
