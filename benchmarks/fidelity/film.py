"""What counts as harm in a film: its moments in UTC and its texts, as exiftool reads them, and all other tags."""

import re
from typing import Final

from benchmarks.fidelity.judge import NOT_READ_BACK, Photo, Verdict, content

UTC_TEXT: Final = "2021:03:04 10:06:07"
_TIMES: Final = re.compile(
    r"QuickTime:(\w+:)*(Track|Media)?((Create|Modify)Date|CreationDate|ContentCreateDate|DateTimeOriginal)(-\S+)?$"
)
_CREATED: Final = re.compile(r"QuickTime:(\w+:)*(Track|Media)?CreateDate$")
_UNSET: Final = ("0000:00:00 00:00:00", "1970:01:01 00:00:00")


def judge_film(before: Photo, after: Photo) -> Verdict:
    """Compare a film with what an editor made of it."""
    created = {key: str(value) for key, value in after.tags.items() if _CREATED.match(key)}
    was_set = {key for key in created if str(before.tags.get(key)) not in _UNSET}
    harm = set()
    if any(created[key] != UTC_TEXT for key in was_set or created):
        harm.add(NOT_READ_BACK)
    old, new = content(before.tags, _TIMES), content(after.tags, _TIMES)
    changed = [key for key in old.keys() | new.keys() if old.get(key) != new.get(key)]
    if changed:
        harm.add("other tags")
    examples = [f"{key}: {old.get(key)} → {new.get(key)}" for key in changed[:3]]
    return Verdict(harm=frozenset(harm), examples=(*examples, *[f"{k}={created[k]}" for k in list(was_set)[:2]]))
