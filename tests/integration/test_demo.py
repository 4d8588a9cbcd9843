"""`make demo` and `make local`: they succeed if, and only if, everything is right."""

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient
from moto.backends import get_backend
from moto.core import DEFAULT_ACCOUNT_ID

from galleria_cli.console import main
from galleria_cli.demo import showing
from galleria_cli.demo.embedded import CREDENTIAL, PUBLIC_BUCKET, STAGING_BUCKET, EmbeddedSystem, embedded_system
from galleria_cli.demo.samples import sample_photos
from galleria_cli.demo.trials import publish, publish_again
from tests.support.servers import S3Server

PHOTOS = sample_photos()


@pytest.fixture(autouse=True)
def _forget_what_ran_before() -> None:
    """Take the embedded system's buckets and queues out of moto, which keeps them as long as the process lives.

    Not moto's own reset: other tests of this process have buckets there too.
    """
    s3 = get_backend("s3")[DEFAULT_ACCOUNT_ID]["aws"]
    queues = get_backend("sqs")[DEFAULT_ACCOUNT_ID]["us-east-1"].queues
    for name in (STAGING_BUCKET, PUBLIC_BUCKET):
        if name in s3.buckets:
            s3.buckets[name].keys.clear()
            s3.delete_bucket(name)
    for name in ("events", "failures"):
        queues.pop(name, None)


@pytest.fixture
def log() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def system(log: io.StringIO) -> Iterator[EmbeddedSystem]:
    with embedded_system(log, {}) as running:
        yield running


def run_demo(tmp_path: Path, *arguments: str) -> int:
    return main(["demo", "--log", str(tmp_path / "log"), *arguments])


def test_the_demo_shows_every_sample_and_all_is_right(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_demo(tmp_path) == 0
    told = capsys.readouterr().out
    assert [photo.key for photo in PHOTOS if photo.key[-20:] not in told] == []
    assert [line for line in told.partition("The functions' own log")[0].splitlines() if len(line) > 80] == []
    assert "8 duplicate, 2 rejected; 0 bytes moved" in told
    assert told.endswith("All is right.\n")
    assert '"level"' not in told, "the functions' JSON lines belong into the log"
    assert '"level":"WARNING"' in (tmp_path / "log").read_text()


def test_the_demo_takes_own_photos_and_does_not_change_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    for photo in PHOTOS:
        (folder / Path(photo.key).name).write_bytes(photo.data)
    asked = ["--correct", "shift=+90min", "--correct", "zone=+02:00"]
    assert run_demo(tmp_path, "--photos", str(folder), *asked) == 0
    assert "2024:06:15 14:00:45" in capsys.readouterr().out
    assert {path.read_bytes() for path in folder.iterdir()} == {photo.data for photo in PHOTOS}


def test_what_is_never_a_photo_is_not_a_fault_of_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder := tmp_path / "photos").mkdir()
    (folder / "a.jpg").write_bytes(PHOTOS[0].data)
    (folder / "Thumbs.db").write_bytes(b"no photo")
    assert run_demo(tmp_path, "--photos", str(folder)) == 0
    assert "1 published, 0 rejected with a reason, 1 ignored." in capsys.readouterr().out


def test_a_folder_that_does_not_exist_is_reported_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_demo(tmp_path, "--photos", str(tmp_path / "nowhere")) == 2
    assert "no such folder" in capsys.readouterr().err


def test_nothing_of_the_callers_environment_reaches_the_system_or_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "the real one")
    monkeypatch.setenv("S3_PUBLIC_BUCKET", "the real one")
    before = dict(os.environ)
    with embedded_system(io.StringIO(), {}):
        assert "the real one" not in os.environ.values()
    assert dict(os.environ) == before


class Saboteur:
    """A function that does damage after the real one has run."""

    def __init__(self, system: EmbeddedSystem, harm: Any) -> None:
        self.real, self.harm, self.s3 = system.publish_photo, harm, system.s3

    def __call__(self, event: Any, context: Any) -> dict[str, Any]:
        answer = self.real(event, context)
        if answer["outcomes"]:  # not after the test event
            self.harm(self.s3, answer)
        return answer


def uncorrected(s3: BaseClient, _answer: Any) -> None:
    s3.put_object(Bucket=PUBLIC_BUCKET, Key=PHOTOS[0].key, Body=PHOTOS[0].data)


def without_its_last_byte(s3: BaseClient, _answer: Any) -> None:
    copy = s3.get_object(Bucket=PUBLIC_BUCKET, Key=PHOTOS[0].key)["Body"].read()
    s3.put_object(Bucket=PUBLIC_BUCKET, Key=PHOTOS[0].key, Body=copy[:-1])


def missing(s3: BaseClient, _answer: Any) -> None:
    s3.delete_object(Bucket=PUBLIC_BUCKET, Key=PHOTOS[0].key)


def called_rejected(_s3: BaseClient, answer: Any) -> None:
    answer["outcomes"][0] |= {"outcome": "rejected", "reason": "no"}


@pytest.mark.parametrize("harm", [uncorrected, without_its_last_byte, missing, called_rejected])
def test_a_copy_that_is_wrong_is_called_wrong(system: EmbeddedSystem, harm: Any) -> None:
    object.__setattr__(system, "publish_photo", Saboteur(system, harm))
    assert publish(system, PHOTOS[0]).problems != []


def test_a_photo_that_is_written_a_second_time_is_called_wrong(system: EmbeddedSystem) -> None:
    rows = [publish(system, PHOTOS[0])]
    object.__setattr__(system, "publish_photo", Saboteur(system, without_its_last_byte))
    assert publish_again(system, PHOTOS[:1], rows).problems != []


def test_one_wrong_thing_is_exit_status_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(showing, "_show", lambda _system, _photos: ["a.jpg: the image data differ"])
    assert run_demo(tmp_path) == 1
    assert "WRONG  a.jpg: the image data differ" in capsys.readouterr().out


def test_local_publishes_what_is_put_into_staging_until_it_is_stopped() -> None:
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "galleria_cli", "local"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout
        try:
            server = S3Server("local", process.stdout.readline().split()[2].rstrip(","), CREDENTIAL, CREDENTIAL)
            server.client().put_object(
                Bucket=STAGING_BUCKET, Key="a.jpg", Body=PHOTOS[0].data, Metadata={"timestamp-offset-hours": "1"}
            )
            line = next(line for line in process.stdout if line.startswith("published"))
            process.terminate()  # Ctrl-C's signal is ignored by whatever a shell runs in the background
            rest, _ = process.communicate(timeout=30)
        finally:
            process.kill()
    assert line.split() == ["published", "a.jpg", "2024:06:15", "12:30:45", "→", "2024:06:15", "13:30:45"]
    assert "Stopped" in rest


def test_a_folder_without_photos_is_refused_before_anything_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(showing, "embedded_system", lambda *_: pytest.fail("it was started"))
    assert main(["demo", "--photos", str(tmp_path)]) == 2
    assert "has no files" in capsys.readouterr().err
