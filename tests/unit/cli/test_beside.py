"""Files of one shot get the same correction: live photos, RAW beside JPEG, films beside photos, sidecars beside all."""

from datetime import datetime
from pathlib import Path

import piexif
import pytest

from galleria_cli.beside import asked_of, owner_of
from galleria_cli.console import main
from galleria_cli.rules.facts import facts_of
from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.errors import LocalFileError
from galleria_storage.photos.photo import plan_photo
from galleria_storage.photos.plan import NOTHING
from galleria_storage.photos.source import BytesSource
from tests.support.photos import films, heifs, tiffs
from tests.support.photos.samples import PHOTO

GPS = {29: "2020:01:02", 7: ((8, 1), (4, 1), (5, 1))}
"""Five hours after the capture time of `heifs`."""


def heic(gps: dict[int, object] | None = None, *, offset: bool = True) -> bytes:
    exif = {36867: heifs.TAKEN, **({36881: b"-05:00"} if offset else {})}
    block: bytes = piexif.dump({"0th": {271: b"Apple", 272: b"iPhone"}, "Exif": exif, "GPS": gps or {}})
    return heifs.heif([heifs.MASTER, heifs.exif_item(data=block[6:])])


def nef() -> bytes:
    time, model = tiffs.text("2024:06:15 12:30:45"), tiffs.text("NIKON CORPORATION")
    sensor = {0x0106: (3, (32803).to_bytes(2, "little"))}
    return tiffs.photo({tiffs.TIME: time, 0x927C: (7, b"maker note")}, main={0x010F: model, tiffs.TIME: time, **sensor})


def sidecar(*dates: str, rest: str = "xmp:Rating='5'") -> bytes:
    names = ("exif:DateTimeOriginal", "xmp:CreateDate", "photoshop:DateCreated")
    said = " ".join(f"{name}='{date}'" for name, date in zip(names, dates, strict=False))
    return (
        "<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>\n<x:xmpmeta xmlns:x='adobe:ns:meta/'>"
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about=''\n"
        " xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmlns:exif='http://ns.adobe.com/exif/1.0/'\n"
        f" xmlns:photoshop='http://ns.adobe.com/photoshop/1.0/' {said}\n {rest}/>"
        "</rdf:RDF></x:xmpmeta><?xpacket end='w'?>"
    ).encode()


def correct(folder: Path, *words: str) -> tuple[int, Path]:
    into = folder.parent / "corrected"
    return main(["correct", "-r", "--into", str(into), *words, str(folder)]), into


def capture_tags(path: Path) -> CaptureTags:
    return plan_photo(BytesSource(path.read_bytes()), NOTHING).before


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (folder := tmp_path / "photos").mkdir()
    return folder


@pytest.fixture
def live(folder: Path) -> Path:
    (folder / "IMG_1.HEIC").write_bytes(heic(GPS))
    (folder / "IMG_1.MOV").write_bytes(films.film(films.keys(b"2020-01-02T03:04:05-0500")))
    return folder


def test_both_halves_of_a_live_photo_move(live: Path) -> None:
    status, into = correct(live, "shift=+1h")
    assert status == 0
    assert capture_tags(into / "IMG_1.HEIC") == CaptureTags("2020:01:02 04:04:05", None, "-05:00")
    assert capture_tags(into / "IMG_1.MOV") == CaptureTags("2020:01:02 04:04:05", None, "-05:00")
    assert films.created_of((into / "IMG_1.MOV").read_bytes()) == {datetime(2020, 1, 2, 3, 4, 5)}


def test_the_film_of_a_live_photo_takes_the_zone_that_the_photos_gps_time_tells(live: Path) -> None:
    status, into = correct(live, "zone=gps")
    assert status == 0
    assert capture_tags(into / "IMG_1.HEIC").offset_time_original == "-05:00"
    assert capture_tags(into / "IMG_1.MOV") == CaptureTags("2020:01:02 03:04:05", None, "-05:00")


def test_a_film_in_utc_is_set_by_the_offset_of_the_photo_beside_it(live: Path) -> None:
    (live / "IMG_1.MOV").write_bytes(films.film())
    status, into = correct(live, "time=2021-03-04T05:06:07")
    assert status == 0
    assert capture_tags(into / "IMG_1.HEIC") == CaptureTags("2021:03:04 05:06:07", None, "-05:00")
    assert films.created_of((into / "IMG_1.MOV").read_bytes()) == {datetime(2021, 3, 4, 10, 6, 7)}


def test_a_film_alone_or_beside_a_photo_without_an_offset_is_still_rejected(folder: Path) -> None:
    (folder / "1.MOV").write_bytes(films.film())
    (folder / "2.MOV").write_bytes(films.film())
    (folder / "2.HEIC").write_bytes(heic(offset=False))
    (folder / "3.MOV").write_bytes(films.film())
    (folder / "3.MP4").write_bytes(films.film())  # the film has no other time than the photo
    status, into = correct(folder, "time=2021-03-04T05:06:07")
    assert status == 1
    assert [path.name for path in into.iterdir()] == ["2.HEIC"]


def test_a_film_that_needs_no_help_gets_the_correction_as_it_is(live: Path) -> None:
    asked = {"corrected-timestamp": "2021-03-04T05:06:07", "target-timezone": "Europe/Stockholm"}
    assert asked_of(live / "IMG_1.MOV", "video/quicktime", asked) == asked
    assert asked_of(live / "IMG_1.HEIC", "image/heic", {"target-timezone": "gps"}) == {"target-timezone": "gps"}
    assert asked_of(live / "IMG_1.MOV", "video/quicktime", {"remove": "location"}) == {"remove": "location"}


def test_rules_take_a_film_for_a_shot_of_the_photos_camera_and_clock(live: Path) -> None:
    (live / "IMG_1.MOV").write_bytes(films.film())  # 02:04:05 in UTC
    facts = facts_of("IMG_1.MOV", live / "IMG_1.MOV")
    assert (facts.camera, facts.taken) == ("Apple iPhone", datetime(2020, 1, 2, 3, 4, 5))
    assert facts.media is not None
    assert facts.media.media_type == "video/quicktime"


@pytest.mark.parametrize("name", ["DSC_1.xmp", "DSC_1.NEF.xmp", "DSC_1.XMP"])
def test_raw_jpeg_and_sidecar_of_one_shot_move_together(folder: Path, name: str) -> None:
    (folder / "DSC_1.NEF").write_bytes(nef())
    (folder / "DSC_1.JPG").write_bytes(PHOTO)
    (folder / name).write_bytes(before := sidecar("2024-06-15T12:30:45.25", "2024-06-15T12:30:45"))
    status, into = correct(folder, "shift=-30min", "zone=+02:00")
    assert status == 0
    assert {capture_tags(into / f"DSC_1.{kind}").date_time_original for kind in ("NEF", "JPG")} == {
        "2024:06:15 12:00:45"
    }
    assert (into / name).read_bytes() == before.replace(b"T12:30:45", b"T12:00:45")
    assert tiffs.tables((into / "DSC_1.NEF").read_bytes())[0][tiffs.TIME] == b"2024:06:15 12:00:45\0"


def test_a_sidecar_beside_a_file_that_cannot_be_corrected_moves_by_its_own_time(folder: Path) -> None:
    (folder / "P1.ORF").write_bytes(tiffs.photo(None, magic=b"RO"))
    (folder / "P1.xmp").write_bytes(before := sidecar("2024-06-15T12:30:45+02:00"))
    status, into = correct(folder, "shift=+1h", "zone=+05:00")
    assert status == 0  # the ORF is left out: nobody corrects it
    assert (into / "P1.xmp").read_bytes() == before.replace(b"12:30:45+02:00", b"13:30:45+05:00")


def test_a_sidecar_alone_moves_by_its_own_time(folder: Path) -> None:
    (folder / "gone.xmp").write_bytes(before := sidecar("2024-06-15T12:30:45", "2024-06-15T12:30:45"))
    assert (correct(folder, "shift=+1h")[0]) == 0
    assert (folder.parent / "corrected/gone.xmp").read_bytes() == before.replace(b"T12", b"T13")


@pytest.mark.parametrize(
    ("packet", "words"),
    [
        (sidecar("2024-06-15T12:30:45", "2001-01-01T00:00:00"), "the sidecar has 2 different times"),
        (b"<x:xmpmeta", "not well-formed XML"),
    ],
)
def test_a_sidecar_alone_that_does_not_tell_one_time_is_rejected(
    folder: Path, packet: bytes, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a.xmp").write_bytes(packet)
    assert correct(folder, "shift=+1h")[0] == 1
    assert words in capsys.readouterr().out
    assert not (folder.parent / "corrected/a.xmp").exists()


def test_a_sidecar_that_is_not_xmp_is_rejected_although_its_photo_is_not(folder: Path) -> None:
    (folder / "a.jpg").write_bytes(PHOTO)
    (folder / "a.xmp").write_bytes(b"<x:xmpmeta")
    status, into = correct(folder, "shift=+1h")
    assert (status, [path.name for path in into.iterdir()]) == (1, ["a.jpg"])


def test_a_sidecar_keeps_no_place_that_its_photo_must_not_tell(folder: Path) -> None:
    (folder / "a.jpg").write_bytes(PHOTO)
    place = "exif:GPSLatitude='59,19.5N' exif:GPSLongitude='18,4.1E'"
    (folder / "a.xmp").write_bytes(before := sidecar("2024-06-15T12:30:45", rest=place))
    status, into = correct(folder, "shift=+1h", "remove=location")
    after = (into / "a.xmp").read_bytes()
    assert status == 0
    assert (b"59,19" in after, b"18,4" in after, len(after)) == (False, False, len(before))
    assert b"2024-06-15T13:30:45" in after


def test_a_sidecar_that_tells_no_time_is_copied(folder: Path) -> None:
    (folder / "a.xmp").write_bytes(sidecar())
    status, into = correct(folder, "shift=+1h")
    assert (status, (into / "a.xmp").read_bytes()) == (0, sidecar())


def test_a_sidecar_without_a_correction_is_copied_as_it_is(folder: Path) -> None:
    (folder / "galleria.toml").write_text('[[rule]]\nfiles = "*.png"\nshift = "1h"')
    (folder / "a.xmp").write_bytes(before := sidecar("2024-06-15T12:30:45", "2001-01-01T00:00:00"))
    (folder / "a.jpg").write_bytes(PHOTO)
    (folder / "b.xmp").write_bytes(before)
    status, into = correct(folder)
    assert status == 0
    assert {(into / name).read_bytes() for name in ("a.xmp", "b.xmp")} == {before}


def test_a_sidecar_belongs_to_the_file_that_it_names_else_to_one_that_can_be_corrected(folder: Path) -> None:
    for name in ("a.CR2", "a.JPG", "a.ORF"):
        (folder / name).write_bytes({"JPG": PHOTO}.get(name[-3:], b"something else"))
    assert owner_of(folder / "a.xmp").name == "a.JPG"
    assert owner_of(folder / "a.CR2.xmp").name == "a.CR2"
    (folder / "a.JPG").unlink()
    assert owner_of(folder / "a.xmp").name == "a.CR2"
    assert owner_of(folder / "b.xmp").name == "b.xmp"


def test_a_film_that_is_gone_is_reported(folder: Path) -> None:
    with pytest.raises(LocalFileError):
        asked_of(folder / "none.mov", "video/mp4", {"target-timezone": "gps"})
