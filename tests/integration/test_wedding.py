"""A wedding from the folder to the gallery: push, publish, status, manifest, deploy."""

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from galleria_cli.console import main
from tests.support.photos.wedding import OTHERS, Shot, lay_out
from tests.support.servers import S3Server
from tests.support.servers.gallery import Buckets, keys

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

FILES, PHOTOS, OF_PHONES = 65, 59, 12


class Wedding:
    """The folder, and the command with its results."""

    def __init__(self, folder: Path, prefix: str, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.shots = lay_out(folder)
        self._prefix = prefix
        self._capsys = capsys

    def key(self, shot: Shot) -> str:
        return self._prefix + shot.name

    def run(self, *words: str) -> tuple[int, dict[str, str], dict[str, Any]]:
        """Run a command; return its status, the result of each file that is reported, and the summary."""
        self._capsys.readouterr()
        status = main([*words, "--prefix", self._prefix, "--json", "--verbose"])
        *files, last = map(json.loads, self._capsys.readouterr().out.splitlines())
        return status, {found["file"].removeprefix(self._prefix): found["status"] for found in files}, last["summary"]

    def manifest(self) -> list[dict[str, Any]]:
        self._capsys.readouterr()
        assert main(["manifest", "--prefix", self._prefix]) == 0
        photos: list[dict[str, Any]] = json.loads(self._capsys.readouterr().out)["photos"]
        return photos


@pytest.fixture
def wedding(  # noqa: PLR0917 # fixtures
    server: S3Server,
    staging_environment: None,
    tmp_path: Path,
    prefix: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Wedding:
    del staging_environment
    if server.name != "moto":
        pytest.skip("one server is enough for the whole of it")
    for name, value in server.as_public.items():
        monkeypatch.setenv(name, value)
    return Wedding(tmp_path / "wedding", prefix, capsys)


def test_the_folder_has_what_such_folders_have(wedding: Wedding) -> None:
    found = [path for path in wedding.folder.rglob("*") if path.is_file() and path.name != "galleria.toml"]
    assert (len(found), len(wedding.shots)) == (FILES, PHOTOS)


def test_a_folder_becomes_a_gallery(
    wedding: Wedding, s3: "S3Client", buckets: Buckets, prefix: str, tmp_path: Path
) -> None:
    names = {shot.name for shot in wedding.shots}

    status, told, summary = wedding.run("push", str(wedding.folder))
    assert (status, summary["pushed"], summary["left out"]) == (0, PHOTOS, len(OTHERS))
    assert {name for name, what in told.items() if what == "pushed"} == names
    assert {name for name, what in told.items() if what == "left out"} == OTHERS.keys()
    assert keys(s3, buckets.public, prefix) == []

    assert set(wedding.run("status")[1].values()) == {"missing"}
    assert main(["publish", "--prefix", prefix]) == 0
    status, told, _ = wedding.run("status")
    assert (status, told) == (0, dict.fromkeys(names, "right"))

    photos = wedding.manifest()
    expected = sorted(wedding.shots, key=lambda shot: shot.moment)
    assert [photo["key"] for photo in photos] == [wedding.key(shot) for shot in expected]
    assert [datetime.fromisoformat(photo["captured"]) for photo in photos] == [shot.moment for shot in expected]
    assert {photo["captured"][-6:] for photo in photos} == {"+02:00"}

    (site := tmp_path / "site").mkdir()
    (site / "index.html").write_text("<h1>A wedding</h1>")
    (site / "gallery.json").write_text(json.dumps(photos))
    status, told, _ = wedding.run("deploy", str(site), "--no-cors-check")
    assert (status, told) == (0, {"index.html": "deployed", "gallery.json": "deployed"})
    status, told, _ = wedding.run("status")
    assert (status, told) == (0, {**dict.fromkeys(names, "right"), "index.html": "other", "gallery.json": "other"})


def test_the_second_time_nothing_is_done(wedding: Wedding, prefix: str) -> None:
    wedding.run("push", str(wedding.folder))
    main(["publish", "--prefix", prefix])
    _, _, pushed = wedding.run("push", str(wedding.folder))
    assert (pushed.get("pushed", 0), pushed["unchanged"]) == (0, PHOTOS)
    assert set(wedding.run("publish")[1].values()) == {"already published"}


def test_originals_never_take_the_place_of_their_copies(
    wedding: Wedding, s3: "S3Client", buckets: Buckets, prefix: str
) -> None:
    """The most natural mistake: the folder itself is deployed. Photos that needed no correction are there already."""
    wedding.run("push", str(wedding.folder))
    main(["publish", "--prefix", prefix])
    before = {key: s3.head_object(Bucket=buckets.public, Key=key)["ETag"] for key in keys(s3, buckets.public, prefix)}
    status, told, summary = wedding.run("deploy", str(wedding.folder), "--no-cors-check")
    assert (status, summary["refused"], summary["unchanged"]) == (1, PHOTOS - OF_PHONES, OF_PHONES)
    assert told["Thumbs.db"] == "left out"
    assert {key: s3.head_object(Bucket=buckets.public, Key=key)["ETag"] for key in before} == before
