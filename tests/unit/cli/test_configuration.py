"""Profiles: settings that this computer keeps, and `setup`, which makes them."""

import io
import json
import os
import re
from pathlib import Path

import pytest

from galleria_cli import configuration, console
from galleria_storage.errors import SettingsError
from galleria_storage.s3.access import ProviderAccess

HETZNER = ["setup", "hetzner", "--where", "fsn1", "--staging-bucket", "in-box", "--public-bucket", "gallery",
           "--access-key", "AK", "--secret-key", "SK", "--yes"]  # fmt: skip


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)  # where no samconfig.toml is
    monkeypatch.setenv("GALLERIA_CONFIG", str(tmp_path / "a/config.toml"))
    for name in ("STAGING_BUCKET", "S3_PUBLIC_BUCKET", "GALLERIA_PROFILE"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    return tmp_path / "a/config.toml"


@pytest.fixture
def _environment_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", dict(os.environ))


def test_answers_become_a_profile_that_only_its_owner_can_read(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert console.main(HETZNER) == 0
    assert configuration.read()["default"] == {
        "STAGING_BUCKET": "in-box",
        "S3_PUBLIC_BUCKET": "gallery",
        "S3_PUBLIC_ENDPOINT": "https://fsn1.your-objectstorage.com",
        "S3_PUBLIC_REGION": "fsn1",
        "S3_PUBLIC_ACCESS_KEY": "AK",
        "S3_PUBLIC_SECRET_KEY": "SK",
    }
    assert config.stat().st_mode & 0o077 == 0
    said = capsys.readouterr().out
    assert '"PublicEndpoint=https://fsn1.your-objectstorage.com"' in said
    assert "SK" not in said


def test_the_secret_of_the_stack_is_described_as_the_stack_reads_it(capsys: pytest.CaptureFixture[str]) -> None:
    console.main(HETZNER)
    (document,) = re.findall(r"^keys\.json: (\{.*\})$", capsys.readouterr().out, re.MULTILINE)
    access = ProviderAccess().with_secret(dict.fromkeys(json.loads(document), "value"))
    assert (access.access_key, access.secret_key) == ("value", "value")


def test_profiles_are_kept_side_by_side() -> None:
    console.main([*HETZNER, "--profile", "studio"])
    console.main([*HETZNER, "--staging-bucket", "other"])
    assert {name: values["STAGING_BUCKET"] for name, values in configuration.read().items()} == {
        "studio": "in-box",
        "default": "other",
    }


def test_a_wrong_answer_is_told_before_anything_is_written(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert console.main([*HETZNER, "--public-bucket", "no bucket!"]) == 2
    assert "not a bucket name" in capsys.readouterr().err
    assert not config.exists()


@pytest.mark.usefixtures("_environment_is_put_back")
def test_the_default_profile_fills_in_and_a_named_one_counts_more() -> None:
    configuration.save("default", {"STAGING_BUCKET": "kept", "S3_PUBLIC_BUCKET": "kept"})
    configuration.save("studio", {"STAGING_BUCKET": "named"})
    os.environ["STAGING_BUCKET"] = "of the shell"
    configuration.apply(None)
    assert (os.environ["STAGING_BUCKET"], os.environ["S3_PUBLIC_BUCKET"]) == ("of the shell", "kept")
    configuration.apply("studio")
    assert os.environ["STAGING_BUCKET"] == "named"


def test_a_profile_that_does_not_exist_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    console.main(HETZNER)
    assert console.main(["--profile", "studio", "status"]) == 2
    assert "there is no profile 'studio'" in capsys.readouterr().err
    with pytest.raises(SettingsError, match="allowed are letters"):
        configuration.save("a b", {})


def test_help_needs_no_configuration_that_can_be_read(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.parent.mkdir()
    config.write_text("no [toml")
    for command in (*console.COMMANDS, "cors check"):
        assert console.main([*command.split(), "--help"]) == 0
    capsys.readouterr()
    assert console.main(["status"]) == 2
    assert f"{config} is not TOML" in capsys.readouterr().err


def test_comments_of_the_configuration_stay(config: Path) -> None:
    config.parent.mkdir()
    config.write_text('# of the studio\n[studio]\nSTAGING_BUCKET = "in" # not "inbox"\n')
    console.main(HETZNER)
    assert config.read_text().startswith('# of the studio\n[studio]\nSTAGING_BUCKET = "in" # not "inbox"\n')
    assert set(configuration.read()) == {"studio", "default"}


@pytest.mark.parametrize("words", [["--dry-run"], []])
def test_nothing_is_written_unless_it_is_confirmed(
    config: Path, tmp_path: Path, words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "samconfig.toml").write_text("version = 0.1\n")
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert console.main([*HETZNER[:-1], *words]) == (0 if words else 130)
    said = capsys.readouterr()
    assert '+    "PublicEndpoint=https://fsn1.your-objectstorage.com",' in said.out
    assert "S3_PUBLIC_SECRET_KEY = (not shown)" in said.out
    assert "nothing was written" in said.out + said.err
    assert not config.exists()
    assert (tmp_path / "samconfig.toml").read_text() == "version = 0.1\n"


def test_an_unanswered_question_is_reported_in_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert console.main(["setup", "hetzner"]) == 130
    question, nobody, stopped = capsys.readouterr().err.splitlines()
    assert question.startswith("Location (fsn1, nbg1, hel1)")
    assert (nobody[:22], stopped) == ("nobody answers here; o", "stopped; nothing was written")


def test_nobody_to_agree_is_reported_below_the_question(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert console.main(HETZNER[:-1]) == 130
    assert capsys.readouterr().err.splitlines()[0].startswith("Write this?")
    assert not config.exists()


def test_a_secret_may_come_through_a_pipe(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("fsn1\n\ngallery\nkey\nsecret\n"))
    assert console.main(["setup", "hetzner", "--yes"]) == 0
    assert "Secret key: " in (said := capsys.readouterr()).err
    assert "Warning" not in said.err
    assert configuration.read()["default"]["S3_PUBLIC_SECRET_KEY"] == "secret"
    assert config.exists()
