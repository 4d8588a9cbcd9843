"""What each kind of correction changes besides what was asked: nothing.

``python -m benchmarks.fidelity.asked FOLDER`` moves the clocks of all photos in
a folder, with and without ``dates: all``, and removes each group of metadata,
in copies. A result is exact if exiftool finds no difference but the one asked
for, by lists of its own names, and decoders see the same pixels.
"""

import argparse
import re
from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.dates.__main__ import SHIFT
from benchmarks.dates.readers import wall_clock
from benchmarks.exiftool import ENDED, ExifTool
from benchmarks.fidelity.by_kind import Case, Judges, find_photos
from benchmarks.fidelity.judge import content
from benchmarks.fidelity.pixels import pixels_of
from benchmarks.privacy import EVERYTHING, TELLING
from galleria_storage.corrections.correction import Correction, parse_correction
from galleria_storage.errors import GalleriaError
from galleria_storage.photos.photo import plan_photo
from galleria_storage.photos.source import BytesSource

#: Whether a tag, by its name, may change from these values to those.
Allowed = Callable[[str, Sequence[str], Sequence[str]], bool]
MOVED = timedelta(hours=27, minutes=11, seconds=13)
_EXIF, _TAKEN = "EXIF:", "DateTimeOriginal"
_NONE = re.compile(r"(?!)")
_CAPTURE = re.compile(
    r"(EXIF:(ExifIFD|IFD0):(DateTimeOriginal|SubSecTimeOriginal|OffsetTimeOriginal)|QuickTime:.*Date)$"
)
_PARTS = re.compile(r"EXIF:\w+:(SubSecTime|OffsetTime)(Digitized)?$")
#: Values that follow from others, and records that exiftool shows undecoded.
_DIGESTS = re.compile(r".*:(IPTCDigest|CurrentIPTCDigest|HasExtendedXMP|Photoshop_Unknown_0x0404|XMLcomadobexmp)$")
#: Tags that may vanish with a group, beside those that must: parts of the same fields.
_WITH = {
    "location": r".*(GPS|Location|City|Country|State|Province|Latitude|Longitude|Altitude|MCCData).*"
    r"|.*:XMP-dwc:DC(Continent|WaterBody|County|Municipality|Locality|Verbatim).*",
    # Nikon encrypts parts of its note with the serial number, Sony and Pentax keep it in a table with others.
    "serial-numbers": r".*(Serial|LensID|BodyNumber).*|MakerNotes:Nikon(Custom)?:.*"
    r"|MakerNotes:Sony:(Shutter|Flash|Sony|ReleaseMode2|Lens|Distortion|APS-C|Camera[EF]-?mount).*"
    r"|MakerNotes:Pentax:(PentaxModelID|ManufactureDate|ProductionCode)",
    "names": r".*(Creator|Contributor|Publisher|Source|Credit|Owner|Artist|Author|Name|Licensor|Writer|ImageSupplier).*"
    r"|.*(By-line|Contact|PersonInImage|People|HostComputer|Photographer|Editor|Composer).*",
    "captions": r".*(Caption|Description|Title|Comment|Keyword|Subject|Headline|Instructions|Categor|Event|Label).*"
    r"|.*(ObjectName|EditStatus|FixtureIdentifier|Urgency|TransmissionReference|OriginalTransmission|Scene).*"
    r"|Photoshop:(Slices|URL).*|.*(TagsList|CatalogSets|Intellectual|AltText|UserFields|SpecialInstructions).*",
    "faces": r".*(Region|Face|ImageRegion).*",
}
#: What goes with maker notes: what only its maker can read, also in trailers and films, and damaged XMP.
_NOTES = re.compile(
    r"MakerNotes:|APP\d+:|File:MakerNoteByteOrder|AFCP:|PhotoMechanic:|FotoStation:|MIE:|Insta360:|PrintIM:|XMP:"
    r"|IPTC:IPTC\d|QuickTime:UserData:|.*:MakerNoteUnknown|ICC_Profile:ICC[-_]\w+\d:"
)
#: What remains of a removed field: padding in a table that would be empty, and free space, also in a maker note.
_EMPTIED = re.compile(r".*:Padding$|MakerNotes:.*_0xea1c$|.*:Unknown_free$|Ducky:APP12_Ducky_0x0000$")
#: Entries of maker notes whose meaning nobody knows; in damaged notes, their offsets may lead to what was changed.
_UNKNOWN = re.compile(r"MakerNotes:\w+:\w+_0x[0-9A-Fa-f]{4}$")
#: A removed comment leaves a segment of zeros, and damaged XMP spaces, which exiftool does not know.
_HARMLESS_WARNING = re.compile(r"\[minor\] Unknown APP# segment|Invalid XMP|Unrecognized UUID-XMP")
#: Names in which Photoshop repeats titles: spaces take their place.
_REPEATED = re.compile(r"Photoshop:(Slices|URL)")
_SIGNATURE = re.compile(r"JUMBF:|C2PA|.*:JUMBF")


def moved_only(key: str, old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether the capture time moved."""
    return bool(_CAPTURE.match(key)) or (key.startswith("QuickTime:") and "Date" in key and len(old) == len(new))


def followed(taken: datetime) -> Allowed:
    """Return what ``dates: all`` may change in a photo that was taken then, as it said."""

    def allowed(key: str, old: Sequence[str], new: Sequence[str]) -> bool:
        if moved_only(key, old, new) or _PARTS.match(key) or _DIGESTS.match(key) or _UNKNOWN.match(key):
            return True
        return len(old) == len(new) and all(
            before == after or _named_it(taken, before, after) for before, after in zip(old, new, strict=True)
        )

    return allowed


def _named_it(taken: datetime, before: str, after: str) -> bool:
    """Whether one text named the moment, in any zone, and the other names the moment to which it moved."""
    lines = before.split(", "), after.split(", ")
    if len(lines[0]) > 1 and len(lines[0]) == len(lines[1]):
        return all(one == two or _named_it(taken, one, two) for one, two in zip(*lines, strict=True))
    if re.match(r"\d\d:\d\d:\d\d", before) and re.match(r"\d\d:\d\d:\d\d", after):  # IPTC's times, in any zone
        was, now = (datetime.fromisoformat(f"{taken.date()} {text[:8]}") for text in (before, after))
        return not (was - taken) % timedelta(minutes=15) and not (now - was - MOVED) % timedelta(days=1)
    old, new = wall_clock(before), wall_clock(after)
    if old is None or new is None or len(old) != len(new):
        return False
    if len(old) < len("2020-01-02 03") or old.endswith("00:00:00"):
        return (old[:10], new[:10]) == (str(taken.date()), str((taken + MOVED).date()))
    was, now = (datetime.fromisoformat(text) for text in (old, new))
    is_zone = (was - taken) % timedelta(minutes=15) < timedelta(
        minutes=1 if len(old) < len(str(taken)) else 0, seconds=1
    )
    return is_zone and now - was in (MOVED, MOVED - timedelta(seconds=MOVED.seconds % 60))


def removed(groups: str) -> Allowed:
    """Return what the removal of these groups may change: tags of theirs vanish, and their lists become shorter."""
    names = groups.split(",")
    patterns = [re.compile(f"(?i:{_WITH[name]})|{TELLING[name]}") for name in names if name in _WITH]
    all_notes = "maker-notes" in names

    def allowed(key: str, old: Sequence[str], new: Sequence[str]) -> bool:
        is_less = all(value in old for value in new)
        if is_less and (_SIGNATURE.match(key) or (all_notes and _NOTES.match(key))):
            return True
        if _DIGESTS.match(key) or _UNKNOWN.match(key) or (not old and _EMPTIED.match(key)):
            return True
        if key.endswith("Image") and all(text.startswith("base64:") for text in (*old, *new)):
            return same_picture(old, new)
        return any(pattern.fullmatch(key) for pattern in patterns) and (is_less or _REPEATED.match(key) is not None)

    return allowed


def asked_of(case: Case) -> list[tuple[str, Correction, Allowed]]:
    """Return the corrections to try, by the names of their rows."""
    tags = content(case.tags.tags, _NONE)
    taken = wall_clock((tags.get(f"{_EXIF}ExifIFD:{_TAKEN}") or tags.get(f"{_EXIF}IFD0:{_TAKEN}") or [""])[0])
    moment = datetime.fromisoformat(taken) if taken else datetime(1, 1, 1)  # noqa: DTZ001 # local
    rows = [
        ("dates: capture", parse_correction(SHIFT, {}), moved_only),
        ("dates: all", parse_correction(SHIFT | {"dates": "all"}, {}), followed(moment)),
    ]
    rows += [(f"remove: {name}", parse_correction({"remove": name}, {}), removed(name)) for name in TELLING]
    return [*rows, ("remove: everything", parse_correction({"remove": EVERYTHING}, {}), removed(EVERYTHING))]


def differences(case: Case, result: Case, allowed: Allowed) -> list[str]:
    """Return what changed in a photo that was not allowed to."""
    old, new = content(case.tags.tags, _NONE), content(result.tags.tags, _NONE)
    keys = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    found = [key for key in keys if not allowed(key, old.get(key, []), new.get(key, []))]
    known = {_counted(warning) for warning in case.tags.warnings}
    found += sorted({_counted(warning) for warning in result.tags.warnings} - known - {""})
    return found + (["pixels"] if result.pixels != case.pixels else [])


def _counted(warning: str) -> str:
    """Return a warning without its number; empty if it may appear."""
    return "" if _HARMLESS_WARNING.match(warning) else warning.removesuffix(" [x#]")


def _jpeg(data: bytes) -> list[str] | None:
    return pixels_of("image/jpeg", data)


def same_picture(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether embedded pictures show the same: their own metadata may have been removed."""
    images = [[b64decode(text.removeprefix("base64:")) for text in texts] for texts in (old, new)]
    return len(old) == len(new) and all(
        pixels_of("image/jpeg", one) == pixels_of("image/jpeg", two) is not None
        for one, two in zip(*images, strict=True)
    )


def main() -> int:
    """Print a table; status 1 if anything was harmed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    rows: dict[str, Counter[str]] = {}
    with ExifTool() as exiftool:
        judges = Judges(exiftool)
        for path, media_type in find_photos(folder, []):
            case = judges.case(path, media_type)
            if ENDED in str(case.tags.tags.get("ExifTool:Error")):
                continue
            for title, asked, allowed in asked_of(case):
                counts = rows.setdefault(title, Counter())
                try:
                    plan = plan_photo(BytesSource(case.data), asked, media_type)
                except GalleriaError:
                    counts["refused" if case.sound else "refused, malformed"] += 1
                    continue
                if not plan.patches:
                    counts["nothing to do"] += 1
                    continue
                found = differences(case, judges.reread(case, plan.apply(case.data)), allowed)
                counts["harmed" if found else "exact"] += 1
                if found:
                    print(f"- {title}: {path.relative_to(folder)}: {', '.join(found[:6])}", flush=True)
        judges.close()
    print("\n| asked | exact | harmed | nothing to do | refused | refused, malformed |\n|---|---:|---:|---:|---:|---:|")
    for title, counts in rows.items():
        columns = ("exact", "harmed", "nothing to do", "refused", "refused, malformed")
        print(f"| `{title}` | {' | '.join(f'{counts[column]:,}' for column in columns)} |")
    return int(any(counts["harmed"] for counts in rows.values()))


if __name__ == "__main__":
    raise SystemExit(main())
