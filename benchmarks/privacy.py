"""What a folder of photos reveals, before and after each group of metadata is removed.

`python -m benchmarks.privacy FOLDER` reads every photo below a folder and
changes none. Two judges say what a photo reveals: exiftool, with a list of tags
of its own, and a search for the bytes of what was there before.
"""

import argparse
import json
import re
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

from benchmarks.exiftool import exiftool_command, missing
from benchmarks.photo_files import find_photos
from galleria_storage.corrections.correction import parse_correction
from galleria_storage.errors import GalleriaError
from galleria_storage.photos.photo import correct_bytes

#: exiftool's names of tags that reveal something: by group, as a regular expression of the whole name.
TELLING = {
    "location": r".*:GPS(?!Version|Dest|Differential|MapDatum|Process|Measure|Sat|Status|DOP|HPos).*"
    r"|.*:(City|Sub-location|Province-State|Country-PrimaryLocation(Name|Code)|Country|State|Location(Shown|Created).*"
    r"|LocationName|Location|(Absolute|Relative)Altitude|Geotag|Landmark)",
    "serial-numbers": r".*:.*SerialNumber",
    "names": r".*:(Artist|OwnerName|CameraOwnerName|By-line|By-lineTitle|Creator|CreatorContact.*|Author|XPAuthor"
    r"|Credit|Contact|Writer-Editor|CaptionWriter|PersonInImage.*|AuthorsPosition|HostComputer|Photographer|BabyName)",
    "captions": r".*:(ImageDescription|Caption-Abstract|Description|Title|ObjectName|Headline|UserComment|Comment"
    r"|Keywords|Subject|XP(Title|Comment|Keywords|Subject)|HierarchicalSubject)",
    "faces": r".*:(Region(Name|Info.*|Area.*|PersonDisplayName|Type)|FaceName.*|RecognizedFace.*)",
}
#: Groups whose maker notes nobody knows are counted as refused; with this they go as a whole.
EVERYTHING = ",".join((*TELLING, "maker-notes"))


Told = dict[str, dict[str, set[str]]]
"""Photo -> group -> what it says; under the group `REST`, what all other tags say."""

REST = "rest"
MIN_TEXT = 6
"""Characters of the shortest text whose bytes are searched for."""

SEARCHED = 1 << 20
"""First bytes of a copy that are searched: images follow, in which anything may occur by chance."""

_TEXT = re.compile(r"[^\W\d_].*[^\W\d_]|.*\d{5}.*", re.DOTALL)
_DEGREES = re.compile(r"-?(\d{1,3}\.\d{4})\d*")
_PHRASE = re.compile(r"(?i)(\w+ )*digital (still )?camera|\w+ dsc")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    photos = dict(find_photos(folder))
    print(f"{len(photos):,} photos of kinds that can be corrected in {folder}\n")
    today = _told(photos)
    print("| group | photos that reveal it | removed | rejected | exiftool still finds it | its bytes are left |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for group in TELLING:
        _row(group, {name: photos[name] for name in today if group in today[name]}, group, today)
    anything = {name: photos[name] for name in today if set(TELLING) & set(today[name])}
    reasons = _row("all, and maker notes", anything, EVERYTHING, today)
    print("\nWhy photos were refused in the last row:\n")
    for reason, count in reasons.most_common():
        print(f"- {count}: {reason}")
    print(f"\n{len(anything):,} of {len(photos):,} photos reveal at least one of these today.")


def _row(title: str, photos: dict[str, bytes], groups: str, today: Told) -> Counter[str]:
    """Print a row; return why photos were refused."""
    asked = parse_correction({"remove": groups}, {})
    results: dict[str, bytes] = {}
    refused: Counter[str] = Counter()
    for name, data in photos.items():
        try:
            results[name] = correct_bytes(data, asked)
        except GalleriaError as error:
            refused[re.sub(r"[\d,]*\d|\(.*\)", "…", error.message)] += 1
    wanted = set(groups.split(","))
    after = _told(results)
    left = {name: found for name in after if (found := set(after[name]) & wanted)}
    traces = {
        name: found for name, data in results.items() if (found := _traces(data, today[name], after[name], wanted))
    }
    counts = (len(photos), len(results), sum(refused.values()), len(left), len(traces))
    print(f"| {title} | {' | '.join(f'{count:,}' for count in counts)} |")
    for name, groups_left in sorted(left.items()):
        print(f"  still revealed: {name}: {', '.join(sorted(groups_left))}")
    for name, count in sorted(traces.items()):
        print(f"  bytes left: {name}: {count} values")
    return refused


def _traces(data: bytes, before: dict[str, set[str]], after: dict[str, set[str]], groups: set[str]) -> int:
    """Count the texts of these groups whose bytes are left, in UTF-8 or UTF-16; what another tag says may stay."""
    kept = "\n".join(text for texts in after.values() for text in texts)
    head = data[:SEARCHED]
    count = 0
    for text in {text for group in groups for text in before.get(group, ())}:
        degrees = _DEGREES.fullmatch(text)
        looked_for = degrees[1] if degrees else text
        if len(looked_for) < MIN_TEXT or looked_for in kept or _PHRASE.fullmatch(text) or not _TEXT.search(text):
            continue
        count += any(looked_for.encode(encoding) in head for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
    return count


def _told(photos: dict[str, bytes]) -> Told:
    """Ask exiftool what photos reveal; a tag without a value reveals nothing."""
    command = exiftool_command() or missing()
    patterns = {group: re.compile(pattern) for group, pattern in TELLING.items()}
    told: Told = {name: {} for name in photos}
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for number, (name, data) in enumerate(photos.items()):
            copy = Path(folder) / f"{number}.jpg"  # exiftool goes by the bytes
            copy.write_bytes(data)
            names[str(copy)] = name
        options = ("-j", "-ee", "-a", "-u", "-n", "-G1", "-r", folder)
        printed = subprocess.run([*command, *options], capture_output=True, check=False).stdout
        output = printed.decode("utf-8", "replace")
        for tags in json.loads(output or "[]", strict=False):
            for tag, value in tags.items():
                if not str(value).strip(" 0.\0,-") or tag.startswith(("Composite:", "System:", "SourceFile")):
                    continue
                texts = {str(each).strip() for each in (value if isinstance(value, list) else [value])}
                groups = [group for group, pattern in patterns.items() if pattern.fullmatch(tag)]
                for group in groups or [REST]:
                    told[names[tags["SourceFile"]]].setdefault(group, set()).update(texts)
    return told


if __name__ == "__main__":
    main()
