"""The blocks of metadata in a TIFF: the file itself, XMP, IPTC, and Photoshop's resources."""

from collections.abc import Iterator, Sequence
from typing import Final

from galleria_storage.photos.credentials import credentials_block
from galleria_storage.photos.metadata_blocks import Block, plain_block
from galleria_storage.photos.photoshop import digests_of, iptc_block, resource_blocks
from galleria_storage.photos.plan import Span
from galleria_storage.photos.refusals import cut_off, damaged
from galleria_storage.photos.source import RangedSource
from galleria_storage.photos.tiff.tables import Field, TiffTables

_XMP, _IPTC, _PHOTOSHOP, _CREDENTIALS = 0x02BC, 0x83BB, 0x8649, 0xCD41
MAX_BLOCKS: Final = 32
"""More blocks of XMP, IPTC and the like than any file has in all its tables."""


def metadata(source: RangedSource) -> list[Block]:
    """List the blocks of metadata; see `formats.Format`."""
    found = [Block("exif", "Exif", source, list)]
    wanted = {_XMP, _IPTC, _PHOTOSHOP, _CREDENTIALS}
    fields = [field for table in TiffTables(source).all for field in table.find(wanted)]
    if len(fields) > MAX_BLOCKS:
        raise damaged(f"it has {len(fields):,} blocks of metadata")
    digests = [span for field in fields if field.tag == _PHOTOSHOP for span in digests_of(source, field.value)]
    for field in fields:
        found += _blocks(source, field, digests)
    return found


def _blocks(source: RangedSource, field: Field, digests: Sequence[Span]) -> Iterator[Block]:
    start, stop = field.value
    if stop > source.size:
        raise cut_off(f"tag {field.tag:04X} lies outside of it")
    if field.tag == _XMP:
        yield plain_block("xmp", "XMP", source, start, stop - start)
    elif field.tag == _CREDENTIALS:
        yield credentials_block(source, start, stop, list)  # it goes with its tag
    elif field.tag == _IPTC:
        yield iptc_block(source, Span(start, stop), digests)
    else:
        yield from resource_blocks(source, start, stop - start)
