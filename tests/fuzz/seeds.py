"""Inputs to start from: photos built by the tests' builders, and texts of the correction language."""

from pathlib import Path

from galleria_storage.photos.sniff import recognise
from galleria_storage.photos.source import BytesSource
from tests.fuzz import formats
from tests.support.photos import camera_files as build

BLOCKS = {
    "little": build.camera_block(build.LITTLE),
    "big": build.camera_block(build.BIG, thumbnail=b"\xff\xd8thumbnail\xff\xd9"),
    "note": build.camera_block(exif=[build.Field(build.MAKER_NOTE, build.UNDEFINED, b"OLYMP\0\1\0" + bytes(80))]),
    "without": build.camera_block(taken=None),
    "blank": build.camera_block(taken="    :  :     :  :  "),
    "padded": build.camera_block().data + bytes(400),
}
TEXTS = [
    "2024:06:15 10:30:45\n2024-06-15T10:30:45.25+02:00",
    "2024:06:15 10:30:45\n\n-2\nEurope/Stockholm\n\nAmerica/New_York",
    "2004/05/09 16:00\n\nPT1H30M\n+05:30\n5.75\n",
    "2008:02:15 16:00:00\n\n-00:00:46.5\n\n13\n\n\n\n+01:30\n",
    "2008:02:15 16:00:00\n=?UTF-8?Q?=E2=88=922?=\n",
]


def write_seeds(target: str, folder: Path, corpus: Path | None) -> None:
    """Write the seeds of a target; heads of real photos too, if there is a folder of them."""
    folder.mkdir(parents=True, exist_ok=True)
    if target in formats.TARGETS:
        _write_files(target, folder, corpus)
        return
    for number, text in enumerate(TEXTS if target == "correction" else ()):
        (folder / f"text{number}").write_bytes(text.encode())
    for name, block in BLOCKS.items() if target != "correction" else ():
        data = bytes(block if isinstance(block, bytes | bytearray) else block.data)
        seeds = {"block": data, "photo": build.photo(data), "head": b"\x10" + build.photo(data)}
        (folder / name).write_bytes(seeds[target])
    if corpus and target in ("photo", "block"):
        for number, path in enumerate(sorted(corpus.rglob("*.jpg"))):
            data = path.read_bytes()
            if path.stat().st_size < 20_000:
                start = data.find(b"Exif\0\0") + 6
                (folder / f"real{number}").write_bytes(data[start:] if target == "block" and start > 6 else data)


def _write_files(target: str, folder: Path, corpus: Path | None) -> None:
    """Write small files of a format: those that the builders make, and real ones."""
    for number, data in enumerate(formats.SEEDS[target]()):
        (folder / f"built{number}").write_bytes(data)
    for number, path in enumerate(sorted(corpus.rglob("*")) if corpus else ()):
        if path.is_file() and path.stat().st_size < 20_000:
            data = path.read_bytes()
            found = recognise(BytesSource(data))
            if found and found.media_type == formats.MEDIA_TYPES[target]:
                (folder / f"real{number}").write_bytes(data)
