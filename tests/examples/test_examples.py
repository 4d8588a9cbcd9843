"""The galleries of docs/examples, built by the real site generators from a real manifest (`make test-examples`)."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import boto3
import pytest

from galleria_cli.console import main
from galleria_cli.demo.loopback_server import LoopbackServer
from tests.support.pages.command_lines import command_lines
from tests.support.photos.samples import PHOTO
from tests.support.servers.processes import ROOT

EXAMPLES = ROOT / "docs/examples"
PROGRAMS = ROOT / ".venv-examples/bin"
PREFIX = "2024/wedding"


@pytest.fixture(autouse=True)
def buckets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two photos, of cameras whose clocks differ, published; the one that was taken first has the later name."""
    if not PROGRAMS.is_dir():
        pytest.skip("the site generators are not installed (make test-examples)")
    server = LoopbackServer()
    server.start()
    values = {
        "AWS_ENDPOINT_URL_S3": server.endpoint, "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": "us-east-1", "STAGING_BUCKET": "photos-in", "S3_PUBLIC_BUCKET": "gallery",
        "S3_PUBLIC_ENDPOINT": server.endpoint, "S3_PUBLIC_ACCESS_KEY": "testing", "S3_PUBLIC_SECRET_KEY": "testing",
        "GALLERIA_CONFIG": str(tmp_path / "config.toml"), "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }  # fmt: skip
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    s3: Any = boto3.client("s3", endpoint_url=server.endpoint, region_name="us-east-1")
    for bucket in ("photos-in", "gallery"):
        s3.create_bucket(Bucket=bucket)
    (pictures := tmp_path / "pictures").mkdir()
    for name in ("a.jpg", "b.jpg"):
        (pictures / name).write_bytes(PHOTO)
    rules = 'zone = "Europe/Stockholm"\n[[rule]]\nfiles = "a.jpg"\nshift = "+1d"\n'
    (pictures / "galleria.toml").write_text(rules)
    assert main(["push", str(pictures), "--prefix", PREFIX, "-q"]) == 0
    assert main(["publish", "--all", "-q"]) == 0
    yield
    for bucket in ("photos-in", "gallery"):
        for found in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
            s3.delete_object(Bucket=bucket, Key=found["Key"])
        s3.delete_bucket(Bucket=bucket)
    server.stop()


def build(name: str, folder: Path) -> None:
    """Do what the example's page says, in a copy of it."""
    shutil.copytree(EXAMPLES / name, folder / name)
    os.chdir(folder / name)
    if (folder / name / "galleria_manifest.py").exists():
        shutil.copytree(folder / "pictures", folder / name / "pictures")
    Path("data").mkdir(exist_ok=True)
    main(["cors", "repair", "-q"])
    for program, *words in command_lines((EXAMPLES / name / "README.md").read_text(encoding="utf-8")):
        if program == "galleria-storage":
            assert main(words) == 0, words
        else:
            done = subprocess.run([PROGRAMS / program, *words], check=False, capture_output=True, text=True)
            assert done.returncode == 0, done.stdout + done.stderr


def links(page: str) -> list[str]:
    return re.findall(r'href="(https://photos\.example\.com/[^"]+)"', page)


@pytest.fixture(autouse=True)
def _here_again() -> Iterator[None]:
    here = Path.cwd()
    yield
    os.chdir(here)


def test_hugo_shows_the_photos_in_the_order_in_which_they_were_taken(tmp_path: Path) -> None:
    build("hugo", tmp_path)
    page = unescape(Path("public/index.html").read_text(encoding="utf-8"))
    assert links(page) == [f"https://photos.example.com/{PREFIX}/{name}" for name in ("b.jpg", "a.jpg")]
    assert re.findall("<h2>(.*?)</h2>", page) == ["June 15, 2024", "June 16, 2024"]
    assert 'width="480" height="320"' in page
    assert '<time datetime="2024-06-15T12:30:45+02:00">12:30</time>' in page


def test_sigal_shows_the_corrected_times_and_links_to_the_published_copies(tmp_path: Path) -> None:
    build("sigal", tmp_path)
    page = Path("_build/index.html").read_text(encoding="utf-8")
    assert links(page) == [f"https://photos.example.com/{PREFIX}/{name}" for name in ("b.jpg", "a.jpg")]
    assert "Sunday, 16 June 2024, 12:30" in page
    assert {path.name for path in Path("_build/thumbnails").iterdir()} == {"a.jpg", "b.jpg"}
