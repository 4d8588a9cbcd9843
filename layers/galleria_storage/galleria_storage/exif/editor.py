"""Reading and changing the capture tags in the head of a JPEG file."""

from dataclasses import dataclass
from typing import Final

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.exif.edit_check import check_edit, read_text
from galleria_storage.exif.free_space import padding_start
from galleria_storage.exif.head import APP0, APP1, Head, Segment, read_head
from galleria_storage.exif.ifd_edit import Draft
from galleria_storage.exif.new_block import minimal_block
from galleria_storage.exif.tags import DATE_TIME_ORIGINAL, OFFSET_TIME_ORIGINAL, SUB_SEC_TIME_ORIGINAL, CaptureTags
from galleria_storage.exif.tiff import TiffBlock, byte_order, read_block
from galleria_storage.exif.trailers import TAIL_BYTES, check_trailer

__all__ = ["TAIL_BYTES", "HeadEdit", "edit_head", "read_capture_tags"]

EXIF_HEADER: Final = b"Exif\0\0"
"""Exif 2.32 (CIPA DC-008) 4.5.4: what the payload of the Exif APP1 segment starts with."""

MAX_PAYLOAD: Final = 65_533
"""T.81 B.1.1.4: the length of a segment has 16 bits and counts its own two bytes."""

MAX_BLOCKS: Final = 8


@dataclass(frozen=True, slots=True)
class HeadEdit:
    """What to write instead of the start of a file.

    Attributes
    ----------
    buffers
        Bytes that together replace the first `replaced` bytes of the file.
    replaced
        How many bytes of the file they replace; all later bytes stay as they are.
    before, after
        The capture tags in the file, and in the result.
    growth
        By how many bytes the file gets longer.
    """

    buffers: tuple[bytes, ...]
    replaced: int
    before: CaptureTags
    after: CaptureTags
    growth: int

    def check_tail(self, last_bytes: bytes) -> None:
        """Refuse the edit if the file's end holds offsets that it would make wrong.

        Parameters
        ----------
        last_bytes
            The last `TAIL_BYTES` bytes of the file, or all of a shorter one. Only needed if `growth` is not 0.

        Raises
        ------
        CorruptPhotoError
            There is a trailer with absolute offsets.
        """
        if self.growth:
            check_trailer(last_bytes)


def read_capture_tags(head: Head) -> CaptureTags:
    """Return the capture tags of a photo; all None if it has no Exif block.

    Of several copies the first that is not blank counts, IFD0's Exif IFD before others.

    Raises
    ------
    CorruptPhotoError
        The Exif block is damaged where the capture tags are, or would be.
    """
    return _capture_tags([block for _, block in _exif_blocks(head)])


def edit_head(head: Head, changes: CaptureTags) -> HeadEdit:
    """Change the capture tags in a head, and nothing else.

    Parameters
    ----------
    head
        The file's head.
    changes
        The texts to write; None leaves a tag as it is.

    Raises
    ------
    CorruptPhotoError
        The Exif data is damaged, or the change would harm other data, or does not fit.
    """
    blocks = _exif_blocks(head)
    before = _capture_tags([block for _, block in blocks])
    texts = _texts(changes)
    if not texts:
        return HeadEdit((), 0, before, before, 0)
    payloads: dict[Segment, bytes] = {}
    for segment, block in blocks:
        edited = _edit_block(block, texts)
        if edited != block.data:
            payloads[segment] = head.data[segment.payload : segment.payload + 6] + edited
    inserted = b"" if blocks else _segment(EXIF_HEADER + _edit_block(read_block(minimal_block()), texts))
    return _assemble(head, before, payloads, inserted)


def _texts(changes: CaptureTags) -> dict[int, bytes]:
    wanted = {
        DATE_TIME_ORIGINAL: changes.date_time_original,
        OFFSET_TIME_ORIGINAL: changes.offset_time_original,
        SUB_SEC_TIME_ORIGINAL: changes.sub_sec_time_original,
    }
    return {tag: text.encode("ascii") for tag, text in wanted.items() if text is not None}


def _exif_blocks(head: Head) -> list[tuple[Segment, TiffBlock]]:
    found: list[tuple[Segment, TiffBlock]] = []
    data = head.data
    for segment in head.segments:
        if segment.marker != APP1 or not data.startswith(b"Exif\0", segment.payload):
            continue
        block = data[segment.payload + 6 : segment.end]
        if byte_order(block) is None:
            continue
        if len(found) == MAX_BLOCKS:
            raise CorruptPhotoError(f"The photo has more than {MAX_BLOCKS} Exif blocks.")
        found.append((segment, read_block(block)))
    return found


def _capture_tags(blocks: list[TiffBlock]) -> CaptureTags:
    texts: dict[int, str] = {}
    for block in blocks:
        for ifd in block.exif_ifds:
            for entry in ifd.entries:
                if entry.tag in (DATE_TIME_ORIGINAL, SUB_SEC_TIME_ORIGINAL, OFFSET_TIME_ORIGINAL):
                    text = read_text(block, entry.value, entry.size).decode("latin-1")
                    if not texts.get(entry.tag, "").strip(" :"):
                        texts[entry.tag] = text
    return CaptureTags(texts.get(DATE_TIME_ORIGINAL), texts.get(SUB_SEC_TIME_ORIGINAL), texts.get(OFFSET_TIME_ORIGINAL))


def _edit_block(block: TiffBlock, texts: dict[int, bytes]) -> bytes:
    """Return the block with the texts in it: in place, else in its padding, else longer."""
    draft = Draft(block, len(block.data))
    draft.write(texts)
    if len(draft.data) > len(block.data):
        free = padding_start(block)
        if len(block.data) - free >= len(draft.data) - len(block.data):
            padded = Draft(block, free)
            padded.write(texts)
            if len(padded.data) == len(block.data):
                draft = padded
    data = bytes(draft.data)
    check_edit(block, data, texts)
    return data


def _segment(payload: bytes) -> bytes:
    if len(payload) > MAX_PAYLOAD:
        raise CorruptPhotoError(
            f"The capture time does not fit: the photo's Exif data would need {len(payload):,} of at most "
            f"{MAX_PAYLOAD:,} bytes.",
            advice="Remove the embedded preview or other large metadata, or publish without a correction.",
        )
    return b"\xff\xe1" + (len(payload) + 2).to_bytes(2, "big") + payload


def _assemble(head: Head, before: CaptureTags, payloads: dict[Segment, bytes], inserted: bytes) -> HeadEdit:
    data = head.data
    pieces: list[bytes] = []
    replaced = 0
    for segment, payload in payloads.items():
        pieces += (data[replaced : segment.start], _segment(payload))
        replaced = segment.end
    if inserted:
        replaced = _insertion_point(head)
        pieces += (data[:replaced], inserted)
    if not pieces:
        return HeadEdit((), 0, before, before, 0)
    new = b"".join(pieces)
    after = read_capture_tags(read_head(new + b"\xff\xda"))
    return HeadEdit((new,), replaced, before, after, len(new) - replaced)


def _insertion_point(head: Head) -> int:
    """Behind APP0, which JFIF wants first (ITU-T T.871 10.1), else behind SOI (Exif 2.32 4.5.4)."""
    at = 2
    for segment in head.segments:
        if segment.marker != APP0:
            break
        at = segment.end
    return at
