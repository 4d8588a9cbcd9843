"""What counts as harm: tags as exiftool and exiv2 read them before and after, and the bytes of the file."""

import re
from base64 import b64decode
from dataclasses import dataclass, field
from typing import Any

from benchmarks.fidelity.editors import OFFSET_TEXT, TIME_TEXT
from benchmarks.fidelity.jpeg import Jpeg, differences, read_jpeg

Tags = dict[str, Any]

NOT_READ_BACK = "not read back"
SEEN_BY_EXIFTOOL_ALONE = frozenset({"maker notes", "thumbnail or preview", "other tags", "new warning"})
#: Facts about the file on disk or about exiftool, and values worked out from other tags.
_NOT_IN_THE_PHOTO = re.compile(r"File:System:|ExifTool:|SourceFile|File:FileType|File:MIMEType|Composite:")
#: Positions in the file; what lies there is compared as an embedded image, or by the multi-picture index.
_POSITION = re.compile(
    r".*:(\w*Offsets?|\w*ImageStart|MPImageLength|JpgFromRawStart|JPEG(Q|DC|AC)Tables|"
    r"MediaData(Size)?)$"
)
#: A "thumbnail" that is the Exif block itself: a wrong offset of 0, which exiftool extracts when told to ignore errors.
_BLOCK_AS_IMAGE = re.compile(r"base64:(SUkq|TU0A)")
#: The JPEG of a Fujifilm RAF: its Exif data is that of the file, and its tags are compared as such.
_HOLDS_THE_EXIF = "File:PreviewImage"
#: The tags that were set; a camera that also keeps them in IFD0 must get them there, too.
_TARGET = re.compile(r"EXIF:(?:ExifIFD|IFD0):(?:Copy\d+:)?(DateTimeOriginal|OffsetTimeOriginal)$")
#: What Exif 2.32 section 4.6.3 and 4.6.5 demands of a new block.
_MANDATORY = re.compile(
    r"File:ExifByteOrder|EXIF:(IFD0|ExifIFD):(XResolution|YResolution|ResolutionUnit|YCbCrPositioning|ExifVersion|"
    r"ComponentsConfiguration|FlashpixVersion|ColorSpace|ExifImageWidth|ExifImageHeight)$|"
    # A JPEG XL codestream needs a file around it first.
    r"Jpeg2000:(MajorBrand|MinorVersion|CompatibleBrands)$"
)
_MALFORMED = re.compile(
    r"JPEG format error|Missing JPEG|Bad \w+ directory|Bad format|Invalid size|Bad offset for|File format error|"
    r"[Tt]runcated|[Cc]orrupt|Illegal|Suspicious IFD|Entries in \w+ were out of sequence|Undersized|Error reading|"
    r"past end of file"
)


def names_a_fault(complaint: str) -> bool:
    """Whether exiftool complains about a file's structure, not about what a tag says."""
    return bool(_MALFORMED.search(complaint))


@dataclass(frozen=True)
class Photo:
    """What the readers say about one file."""

    tags: Tags
    exiv2: dict[str, str] | None
    jpeg: Jpeg | None

    @property
    def kind(self) -> str:
        """One of the three classes of the table."""
        if any(re.match(r"EXIF:ExifIFD:(Copy\d+:)?DateTimeOriginal$", key) for key in self.tags):
            return "capture time"
        return "Exif without" if "File:ExifByteOrder" in self.tags else "no Exif"

    @property
    def well_formed(self) -> bool:
        """Whether the file is a whole JPEG and exiftool finds its structure sound."""
        return bool(self.jpeg and self.jpeg.complete and self.is_sound)

    @property
    def is_sound(self) -> bool:
        """Whether exiftool finds no fault in the structure."""
        return "ExifTool:Error" not in self.tags and not any(map(names_a_fault, self.warnings))

    @property
    def warnings(self) -> set[str]:
        """Exiftool's complaints, without the numbers in them."""
        return {
            re.sub(r"0x[0-9a-f]+|\d+", "#", str(value))
            for key, value in self.tags.items()
            if re.match(r"ExifTool:(Copy\d+:)?(Warning|Error)$", key)
        }


@dataclass(frozen=True)
class Verdict:
    """What an editor did to a photo.

    Attributes
    ----------
    refused
        The reason that it gave for writing nothing; empty if it wrote.
    harm
        What is wrong with what it wrote; empty: exact.
    examples
        A few of the tags that differ.
    """

    refused: str = ""
    harm: frozenset[str] = frozenset()
    examples: tuple[str, ...] = field(default=(), compare=False)

    @property
    def exact(self) -> bool:
        """Whether the tags were written and nothing else changed."""
        return not self.refused and not self.harm


def judge(before: Photo, after: Photo) -> Verdict:
    """Compare a photo with what an editor made of it."""
    harm, examples = _tag_harm(before, after)
    if not _read_back(after.tags):
        harm.add(NOT_READ_BACK)
    if before.exiv2 is not None and not _hidden_from_exiv2(before) and not _read_back_by_exiv2(after.exiv2):
        harm.add("not read back by exiv2")
    if new := after.warnings - before.warnings:
        harm.add("new warning")
        examples += sorted(new)
    if before.jpeg is None or after.jpeg is None:
        harm |= {"no JPEG any more"} if before.jpeg else set()
    else:
        harm |= differences(before.jpeg, after.jpeg)
    return Verdict(harm=frozenset(harm), examples=tuple(examples[:4]))


def _read_back(tags: Tags) -> bool:
    found = {(match[1], str(value)) for key, value in tags.items() if (match := _TARGET.match(key))}
    return found == {("DateTimeOriginal", TIME_TEXT), ("OffsetTimeOriginal", OFFSET_TEXT)}


def _hidden_from_exiv2(photo: Photo) -> bool:
    """Tell whether exiv2 sees no Exif where exiftool does.

    This happens if other bytes or another word than Exif come before the block, or if an emptied segment comes first.
    """
    blocks = photo.jpeg.exif_segments() if photo.jpeg and not photo.exiv2 else []
    return bool(blocks) and not re.match(rb".{4}Exif\0\0(II|MM)", blocks[0], re.DOTALL)


def _read_back_by_exiv2(tags: dict[str, str] | None) -> bool:
    wanted = {"Exif.Photo.DateTimeOriginal": TIME_TEXT, "Exif.Photo.OffsetTimeOriginal": OFFSET_TEXT}
    # A tag that occurs twice in its IFD comes as a list.
    return tags is not None and all(tags.get(tag) in (text, [text, text]) for tag, text in wanted.items())


def _tag_harm(before: Photo, after: Photo) -> tuple[set[str], list[str]]:
    old, new = content(before.tags, _TARGET), content(after.tags, _TARGET)
    fresh = not any(key.startswith("EXIF:ExifIFD:") for key in old)
    keys = [key for key in old if old[key] != new.get(key)]
    keys += [key for key in new if key not in old and not (fresh and _MANDATORY.match(key))]
    return {_harm_of(key) for key in keys}, [f"{key}: {_short(old.get(key))} → {_short(new.get(key))}" for key in keys]


def content(tags: Tags, targets: re.Pattern[str]) -> dict[str, list[str]]:
    """Keep the photo's own tags, by group and name, except the targets; of derived values only the images.

    Exiftool numbers the copies of a name over all groups; without the numbers, a name may have several values.
    """
    content: dict[str, list[str]] = {}
    for key, value in tags.items():
        name, text = re.sub(r"Copy\d+:", "", key), str(value)
        image = name.startswith("Composite:") and "Date" not in name and text.startswith("base64:")
        derived = (_NOT_IN_THE_PHOTO.match(name) and not image) or _BLOCK_AS_IMAGE.match(text)
        if not derived and not targets.match(name) and not _POSITION.match(name):
            content.setdefault(name, []).append(_without_exif(text) if name == _HOLDS_THE_EXIF else text)
    # A simple WebP file has to become an extended one to hold Exif: its size is told twice then, and there are flags.
    return {
        name: sorted(set(texts) if name.startswith("RIFF:Image") else texts)
        for name, texts in content.items()
        if name != "RIFF:WebP_Flags"
    }


def _without_exif(image: str) -> str:
    """Return an embedded JPEG, as exiftool prints it, as a text of all that it holds but Exif data."""
    jpeg = read_jpeg(b64decode(image.removeprefix("base64:")))
    return repr((jpeg.other_pieces(), jpeg.tail)) if jpeg else image


def _harm_of(key: str) -> str:
    if key.startswith("MakerNotes:"):
        return "maker notes"
    if key == "File:ExifByteOrder":
        return "byte order"
    if key.startswith("EXIF:IFD1:") or key.endswith(("ThumbnailImage", "PreviewImage", "JpgFromRaw")):
        return "thumbnail or preview"
    return "other tags"


def _short(values: list[str] | None) -> str:
    text = " and ".join(values) if values else "nothing"
    return text if len(text) <= 40 else f"{text[:37]}…"
