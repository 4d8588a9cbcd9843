"""What the readers of `readers` show after a correction with ``dates: all``.

`python -m benchmarks.dates FOLDER` moves the clock of every photo below a folder
that has a capture time, in copies, and asks exiftool before and after.
"""

import argparse
import json
import subprocess
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from benchmarks.dates.readers import DUMPS, READERS, Dump, Tags, wall_clock
from benchmarks.exiftool import exiftool_command, missing
from benchmarks.photo_files import find_photos
from galleria_storage.corrections.correction import Correction, parse_correction
from galleria_storage.errors import GalleriaError
from galleria_storage.photos.photo import correct_bytes
from galleria_storage.photos.sniff import recognise
from galleria_storage.photos.source import BytesSource

SHIFT = {"timestamp-offset-hours": "PT27H11M13S"}
#: By their names in the table.
CORRECTIONS = {
    "`capture`": parse_correction(SHIFT, {}),
    "`all`": parse_correction(SHIFT | {"dates": "all"}, {}),
    "`all`, with a zone": parse_correction({"corrected-timestamp": "2023-07-08T09:10:11-05:00", "dates": "all"}, {}),
}
Dumps = Mapping[Dump, Mapping[str, Tags]]
_SECOND = len("2023-07-08 09:10:11")


def main() -> int:
    """Print a table; status 1 if a reader still shows the old moment after ``all``."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    photos = dict(find_photos(folder))
    before = dumps_of(photos)
    results = {title: _outcomes(photos, before, asked) for title, asked in CORRECTIONS.items()}
    print("\nPhotos for which a reader shows the new moment / the old one / GPS time / something else, as before:\n")
    print(f"| reader | {' | '.join(results)} |\n| --- |{' ---: |' * len(results)}")
    for reader in READERS:
        cells = [" / ".join(str(counts[reader.name][outcome]) for outcome in OUTCOMES) for counts in results.values()]
        print(f"| {reader.name} | {' | '.join(cells)} |")
    followed = [counts for title, counts in results.items() if CORRECTIONS[title].dates == "all"]
    return int(any(count["old"] for counts in followed for count in counts.values()))


OUTCOMES = ("new", "old", "GPS time", "else")


def _outcomes(photos: Mapping[str, bytes], before: Dumps, asked: Correction) -> dict[str, Counter[str]]:
    edited: dict[str, bytes] = {}
    refused: Counter[str] = Counter()
    timed = {name: old for name, data in photos.items() if (old := capture_time(data, before["groups"].get(name, {})))}
    for name in timed:
        try:
            edited[name] = correct_bytes(photos[name], asked)
        except GalleriaError as error:
            refused[type(error).__name__] += 1
    after = dumps_of(edited)
    print(f"{asked.canonical()}: {len(edited):,} photos with a capture time corrected; refused: {dict(refused)}")
    counts: dict[str, Counter[str]] = {}
    for reader in READERS:
        count = counts.setdefault(reader.name, Counter())
        for name in edited:
            tags = before[reader.dump].get(name, {})
            shown = (reader.rule(tags), reader.rule(after[reader.dump].get(name, {})))
            outcome = judge(timed[name], *shown, gps=wall_clock(before["flat"].get(name, {}).get("GPSDateTime")))
            count[outcome] += 1
            if outcome == "old" and asked.dates == "all":
                print(f"- {name}: {reader.name} still shows {shown[1]}")
    return counts


def capture_time(data: bytes, tags: Tags) -> str | None:
    """Return what exiftool says when a photo or a film was taken; None if it does not say the second."""
    media = recognise(BytesSource(data))
    is_film = media is not None and media.media_type.startswith("video/")
    found = wall_clock(tags.get("QuickTime:CreateDate" if is_film else "ExifIFD:DateTimeOriginal"))
    return found if found and len(found) == _SECOND else None


def judge(old: str, before: str | None, after: str | None, gps: str | None) -> str:
    """Say what a reader shows after a correction: one of `OUTCOMES`.

    Parameters
    ----------
    old
        The capture time before it.
    before, after
        What the reader shows before and after.
    gps
        The photo's GPS time, which no correction changes.
    """
    if after != before:
        return "new"
    if after is not None and after == gps:
        return "GPS time"
    return "old" if after is not None and old.startswith(after) else "else"


def dumps_of(photos: Mapping[str, bytes]) -> dict[Dump, dict[str, Tags]]:
    """Ask exiftool, in each way that a reader does."""
    command = exiftool_command() or missing()
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for number, (name, data) in enumerate(photos.items()):
            copy = Path(folder) / f"{number}{Path(name).suffix}"
            copy.write_bytes(data)
            names[str(copy)] = name
        found: dict[Dump, dict[str, Tags]] = {}
        for dump, options in DUMPS.items():
            call = [*command, *options, "-time:all", "-SourceFile", "-m", "-r", "-ext", "*", folder]
            printed = subprocess.run(call, capture_output=True, check=False).stdout.decode("utf-8", "replace")
            found[dump] = {names[tags["SourceFile"]]: tags for tags in json.loads(printed or "[]", strict=False)}
    return found


if __name__ == "__main__":
    raise SystemExit(main())
