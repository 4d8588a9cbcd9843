"""What a folder of photos would tell the public today, and what after each group of metadata was removed.

`python -m benchmarks.privacy FOLDER` reads every photo below a folder and
changes none. Two judges say what a photo tells: exiftool, with a list of tags
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

#: exiftool's names of tags that tell something: by group, as a regular expression of the whole name.
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


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    photos = dict(find_photos(folder))
    print(f"{len(photos):,} photos of kinds that can be corrected in {folder}\n")
    today = _told(photos)
    print("| group | photos that tell it today | removed | refused | exiftool still finds it |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for group in TELLING:
        telling = {name: photos[name] for name, groups in today.items() if group in groups}
        _row(group, telling, group)
    anything = {name: photos[name] for name, groups in today.items() if groups}
    reasons = _row("all, and maker notes", anything, EVERYTHING)
    print("\nWhy photos were refused in the last row:\n")
    for reason, count in reasons.most_common():
        print(f"- {count}: {reason}")
    print(f"\n{len(anything):,} of {len(photos):,} photos tell at least one of these today.")


def _row(title: str, photos: dict[str, bytes], groups: str) -> Counter[str]:
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
    left = {name: found & wanted for name, found in _told(results).items() if found & wanted}
    print(f"| {title} | {len(photos):,} | {len(results):,} | {sum(refused.values()):,} | {len(left):,} |")
    for name, found in sorted(left.items()):
        print(f"  still told: {name}: {', '.join(sorted(found))}")
    return refused


def _told(photos: dict[str, bytes]) -> dict[str, set[str]]:
    """Ask exiftool what photos tell; a tag without a value tells nothing."""
    command = exiftool_command() or missing()
    patterns = {group: re.compile(pattern) for group, pattern in TELLING.items()}
    told: dict[str, set[str]] = {name: set() for name in photos}
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for number, (name, data) in enumerate(photos.items()):
            copy = Path(folder) / f"{number}.jpg"  # exiftool goes by the bytes
            copy.write_bytes(data)
            names[str(copy)] = name
        options = ("-j", "-ee", "-a", "-u", "-G1", "-r", folder)
        printed = subprocess.run([*command, *options], capture_output=True, check=False).stdout
        output = printed.decode("utf-8", "replace")
        for tags in json.loads(output or "[]", strict=False):
            for tag, value in tags.items():
                if str(value).strip(" 0.\0,-") and not tag.startswith(("Composite:", "System:")):
                    told[names[tags["SourceFile"]]] |= {g for g, pattern in patterns.items() if pattern.fullmatch(tag)}
    return told


if __name__ == "__main__":
    main()
