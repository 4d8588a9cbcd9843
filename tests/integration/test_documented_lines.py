"""Every command line of the pages runs, on an S3 of this process and with a stack that is made up."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import click
import pytest
from botocore import xform_name
from botocore.loaders import Loader
from botocore.model import ServiceModel
from moto.backends import get_backend
from moto.core import DEFAULT_ACCOUNT_ID

from galleria_cli import configuration
from galleria_cli.commands import look, publish
from galleria_cli.console import main
from galleria_cli.demo.loopback_server import LoopbackServer
from galleria_storage.aws import calls
from tests.support.fakes.fake_stack import FakeStack
from tests.support.pages.command_lines import command_lines
from tests.support.photos.samples import PHOTO
from tests.support.servers.processes import ROOT
from tests.support.stack.template import source

PROVIDERS = sorted((ROOT / "docs/providers").glob("*.md"))
PAGES = [ROOT / "docs/command.md", ROOT / "docs/manifest.md", ROOT / "docs/cors.md", *PROVIDERS]
#: Commands that serve until Ctrl-C or take long: they have tests of their own.
ELSEWHERE = {"demo", "local", "look"}
#: What a page cannot know: its reader's keys.
OF_THE_READER = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL_S3", "AWS_REGION"}


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = LoopbackServer()
    server.start()
    yield server.endpoint
    server.stop()


@pytest.fixture(autouse=True)
def world(endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A reader's computer: photos, a site, samconfig.toml, two buckets and an environment without anything else."""
    reach = {
        "STAGING_BUCKET": "photos-in",
        "S3_PUBLIC_BUCKET": "gallery",
        "S3_PUBLIC_ENDPOINT": endpoint,
        "S3_PUBLIC_ACCESS_KEY": "testing",
        "S3_PUBLIC_SECRET_KEY": "testing",
    }
    for name in [name for name in os.environ if name.startswith(("AWS_", "S3_", "CORS_", "GALLERIA_"))]:
        monkeypatch.delenv(name)
    aws = {"AWS_ENDPOINT_URL_S3": endpoint, "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    places = {"GALLERIA_CONFIG": str(tmp_path / "config.toml"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    for name, value in {**reach, **aws, **places, "AWS_REGION": "us-east-1"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    for name in ("wedding/second-shooter/DSC1.jpg", "wedding/IMG_1.JPG", "IMG_1.JPG", "IMG_2.HEIC", "site/a.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(PHOTO)
    (tmp_path / "site/index.html").write_text("<title>Wedding</title>")
    (tmp_path / "wedding/galleria.toml").write_text('zone = "Europe/Stockholm"\n')
    (tmp_path / "yesterday.json").write_text('{"version": 1, "photos": []}')
    (tmp_path / "data").mkdir()
    shutil.copy(ROOT / "samconfig.toml", tmp_path)
    s3 = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
    for bucket in ("photos-in", "gallery"):
        s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket="photos-in", Key="2024/wedding/IMG_1.JPG", Body=PHOTO)
    rejected = {"key": "2024/wrong.jpg", "reason": "no time", "requestPayload": {"Records": []}}
    monkeypatch.setattr(calls, "_client", FakeStack(reach, rejected).client)
    answers = {
        "Location (fsn1, nbg1, hel1)": "fsn1",
        "Account id": "0123abcd",
        "Staging bucket (empty: the stack makes one)": "photos-in",
        "Public bucket": "gallery",
        "Access key of the public bucket": "testing",
        "Secret key": "testing",
    }
    monkeypatch.setattr(click, "prompt", lambda text, **_how: answers[text])
    monkeypatch.setattr(click, "confirm", lambda *_text, default, **_how: default)  # galleria.toml stays as it is
    monkeypatch.setattr(publish, "time", SimpleNamespace(sleep=_nobody_waits))
    yield s3
    backend = get_backend("s3")[DEFAULT_ACCOUNT_ID]["aws"]
    for bucket in ("photos-in", "gallery"):
        backend.buckets[bucket].keys.clear()
        backend.delete_bucket(bucket)


def _nobody_waits(_seconds: float) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_line_of_a_page_can_be_done(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for program, *words in command_lines(page.read_text(encoding="utf-8")):
        before = dict(os.environ)
        if program == "export":
            assert {word.partition("=")[0] for word in words} <= OF_THE_READER
        elif program == "aws":
            check_aws(words)
        elif program == "sam":
            assert (tmp_path / "samconfig.toml").read_text().count(f"[{(words[1:] or ['default'])[-1]}.deploy.") == 1
        elif program == "galleria-storage" and not ELSEWHERE & set(words[:1]):
            status = main(as_typed(words))
            told = capsys.readouterr()
            assert status in {0, 1, 130}, f"{' '.join(words)}: {told.out}{told.err}"
            assert "Traceback" not in told.err
        else:
            assert program in {"mc", "galleria-storage"}, program
        for name in os.environ.keys() - before.keys():
            monkeypatch.delenv(name)  # what a profile set
        os.environ.update(before)


def as_typed(words: list[str]) -> list[str]:
    """Fill in what the reader knows; no server answers at a provider's address, so `doctor` skips visitors' reading."""
    secret = "arn:aws:secretsmanager:eu-north-1:123456789012:secret:gallery"
    filled = [word.replace("ARN-OF-THE-SECRET", secret) for word in words]
    if words[0] == "--profile":
        return filled[2:]  # it leads to a real provider
    if words[0] != "doctor":
        return filled
    return [word for word in filled if word != "--base-url" and not word.startswith("https://")]


def check_aws(words: list[str]) -> None:
    """Compare a call of the AWS command line with the API's model: it exists, and takes these arguments."""
    service, operation, *options = words
    model = ServiceModel(Loader().load_service_model({"s3api": "s3"}.get(service, service), "service-2"))
    (name,) = [name for name in model.operation_names if xform_name(name, "-") == operation]
    shape = model.operation_model(name).input_shape
    assert shape
    taken = {f"--{xform_name(member, '-')}" for member in shape.members}
    required = {f"--{xform_name(member, '-')}" for member in shape.required_members}
    given = {option for option in options if option.startswith("--")}
    assert required <= given <= taken


@pytest.mark.parametrize("page", PROVIDERS, ids=lambda page: page.stem)
def test_a_walkthrough_sets_up_its_provider_as_it_says(
    page: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [words[1:] for words in command_lines(page.read_text(encoding="utf-8")) if words[1:2] == ["setup"]]
    assert {words[1] for words in lines} == {page.stem}
    for words in lines:
        assert main([*words, "--yes", "--json"]) == 0
        facts = json.loads(capsys.readouterr().out)["summary"]
        assert "testing" not in facts["settings"].values() or facts["settings"]["S3_PUBLIC_ACCESS_KEY"] == "testing"
        assert facts["parameters"].keys() <= source()["Parameters"].keys()
        kept = configuration.read()["default"]
        assert kept["S3_PUBLIC_BUCKET"] == facts["parameters"]["PublicBucketName"] == "gallery"
        assert f"[{page.stem}.deploy.parameters]" in (tmp_path / "samconfig.toml").read_text()


def test_the_table_of_commands_that_run_elsewhere_is_right() -> None:
    assert look.command.name in ELSEWHERE
