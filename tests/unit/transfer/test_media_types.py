"""A file of a site gets the media type that its name promises, the same on every machine."""

import mimetypes

import pytest

from galleria_storage.photos.raw_kinds import _MAKERS as RAW_KINDS
from galleria_storage.photos.raw_kinds import UNKNOWN_RAW
from galleria_storage.transfer.media_types import UNKNOWN, content_encoding, media_type


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a/photo.JPG", "image/jpeg"),
        ("photo.jfif", "image/jpeg"),
        ("photo.hif", "image/heif"),
        ("photo.heics", "image/heic-sequence"),
        ("photo.apng", "image/apng"),
        ("photo.avifs", "image/avif"),
        ("photo.webp", "image/webp"),
        ("photo.jxl", "image/jxl"),
        ("photo.NEF", "image/x-nikon-nef"),
        ("clip.mp4", "video/mp4"),
        ("clip.m4v", "video/x-m4v"),
        ("clip.ogv", "video/ogg"),
        ("clip.mkv", "video/x-matroska"),
        ("clip.MOV", "video/quicktime"),
        ("font.ttf", "font/ttf"),
        ("font.otf", "font/otf"),
        ("font.woff2", "font/woff2"),
        ("index.html", "text/html"),
        ("readme.md", "text/markdown"),
        ("app.mjs", "text/javascript"),
        ("app.js.map", "application/json"),
        ("site.webmanifest", "application/manifest+json"),
        ("track.gpx", "application/gpx+xml"),
        ("photo.xmp", "application/rdf+xml"),
        ("drawing.svgz", "image/svg+xml"),
        ("photos.tar.gz", "application/gzip"),
        ("no-extension", UNKNOWN),
        ("folder.jpg/README", UNKNOWN),
        ("what.unheard-of", UNKNOWN),
        (".jpg", UNKNOWN),
        ("data:,x.png", "image/png"),
    ],
)
def test_the_media_type_follows_the_last_extension(name: str, expected: str) -> None:
    assert media_type(name) == expected


def test_no_extension_that_python_knows_is_unknown() -> None:
    programs = {".a", ".bin", ".dll", ".exe", ".o", ".obj", ".so"}
    known = set(mimetypes.MimeTypes().types_map[True]) - programs
    assert {extension for extension in known if media_type(f"a{extension}") == UNKNOWN} <= {".loas", ".ass", ".com"}


def test_every_kind_of_raw_has_an_extension() -> None:
    extensions = ("arw", "cr2", "cr3", "dng", "erf", "fff", "gpr", "iiq", "kdc", "mef", "mos", "nef", "orf", "pef")
    more = ("raf", "rw2", "rwl", "srw", "x3f", "3fr", "dcr", "mrw", "crw")
    assert {media_type(f"a.{extension}") for extension in extensions + more} >= set(RAW_KINDS.values()) - {UNKNOWN_RAW}


def test_only_a_packed_drawing_has_an_encoding() -> None:
    assert content_encoding("drawing.SVGZ") == "gzip"
    assert content_encoding("drawing.svg") == content_encoding("archive.gz") == ""
