"""The command imports late, and reports errors in words."""

import errno
import os
import subprocess
import sys
import tomllib
from typing import NoReturn

import pytest

from galleria_cli import console
from galleria_cli.demo import foreground
from galleria_storage.errors import AccessDeniedError, BucketNotFoundError, GalleriaError, SettingsError
from galleria_storage.s3.clients import Connection
from tests.support.servers.processes import ROOT

SETUP = "`galleria-storage setup PROVIDER` asks for it and keeps it; or set the environment variable {}.\n"


def fail_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> int:
    def run(*_arguments: object) -> NoReturn:
        raise error

    monkeypatch.setattr(foreground, "run", run)
    return console.main(["local"])


@pytest.mark.parametrize("command", console.COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert console.main([command, "--help"]) == 0
    assert f"galleria-storage {command}" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_the_overview_names_every_command_and_the_exit_status(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert console.main(arguments) == 0
    text = capsys.readouterr().out
    assert [command for command in console.COMMANDS if command not in text] == []
    assert "Exit status" in text


def test_the_overview_fits_a_terminal_of_100_columns(capsys: pytest.CaptureFixture[str]) -> None:
    console.main([])
    assert [line for line in capsys.readouterr().out.splitlines() if len(line) > 100] == []


def test_the_version_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    assert console.main(["--version"]) == 0
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert capsys.readouterr().out == f"galleria-storage {project['version']}\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["demos"], "demo may be meant"),
        (["xyzzy"], "allowed are"),
        (["demo", "--no-such-option"], "no-such-option"),
    ],
)
def test_bad_usage_is_exit_status_2(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert console.main(arguments) == 2
    assert words in (said := capsys.readouterr().err)
    assert "Usage:" in said


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (SettingsError("STAGING_BUCKET is not set", advice="Set it."), "STAGING_BUCKET is not set\nSet it.\n"),
        (BucketNotFoundError("it does not exist", bucket="gone"), "gone: it does not exist\n"),
        (GalleriaError("no", bucket="b", key="k"), "b/k: no\n"),
        (GalleriaError("'k' in bucket 'b': no", bucket="b", key="k"), "'k' in bucket 'b': no\n"),
        (
            SettingsError("S3_PUBLIC_BUCKET is not set", tag="S3_PUBLIC_BUCKET", advice="Set it."),
            "S3_PUBLIC_BUCKET is not set\n" + SETUP.format("S3_PUBLIC_BUCKET"),
        ),
    ],
)
def test_an_error_is_reported_in_words_without_a_trace(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: GalleriaError, words: str
) -> None:
    assert fail_with(monkeypatch, error) == 2
    assert capsys.readouterr().err == words


def test_escape_codes_in_an_error_are_not_sent_to_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fail_with(monkeypatch, GalleriaError("no\x1b[31m\nline", key="k\r", advice="do\x07")) == 2
    assert capsys.readouterr().err == "k·: no·[31m·line\ndo·\n"


def test_an_error_of_the_file_system_is_reported_in_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fail_with(monkeypatch, OSError(errno.ESTALE, os.strerror(errno.ESTALE), "photos")) == 2
    assert capsys.readouterr().err == "photos: Stale file handle\n"


@pytest.mark.parametrize("words", [["--help"], ["cors", "check"]])
def test_output_without_a_reader_leaves_no_traceback(words: list[str]) -> None:
    read, write = os.pipe()
    os.close(read)
    run = subprocess.run(
        [sys.executable, "-m", "galleria_cli", *words],
        stdout=write,
        stderr=subprocess.PIPE,
        env={**os.environ, "S3_PUBLIC_BUCKET": "photos", "S3_PUBLIC_ENDPOINT": "http://127.0.0.1:9"},
        check=False,
    )
    os.close(write)
    assert run.stderr == b""
    assert run.returncode == 141


def test_a_defect_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ZeroDivisionError):
        fail_with(monkeypatch, ZeroDivisionError())


def test_ctrl_c_is_exit_status_130(monkeypatch: pytest.MonkeyPatch) -> None:
    assert fail_with(monkeypatch, KeyboardInterrupt()) == 130


@pytest.mark.parametrize("heavy", ["boto3", "PIL", "moto", "piexif", "aws_lambda_powertools", "click", "rich"])
def test_help_does_not_import(heavy: str) -> None:
    code = f"import sys\nfrom galleria_cli.console import main\nmain(['--help'])\nsys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode == 0


#: Tells of each subcommand which heavy modules its help has brought.
HELP_OF_ALL = """
import sys
from galleria_cli.console import COMMANDS, main
heavy = {"boto3", "botocore", "moto", "PIL", "rich", "piexif", "concurrent.futures", "sqlite3", "zoneinfo", "tomlkit",
         "galleria_storage.photos.photo", "galleria_storage.publishing.publisher", "galleria_storage.s3.clients"}
for name in COMMANDS:
    main([name, "--help"])
    print(name, *(heavy & set(sys.modules)), file=sys.stderr)
"""


def test_the_help_of_a_subcommand_imports_only_what_it_says() -> None:
    run = subprocess.run([sys.executable, "-c", HELP_OF_ALL], check=True, capture_output=True, text=True)
    assert run.stderr.split() == list(console.COMMANDS)


def test_the_package_runs_as_a_module() -> None:
    run = subprocess.run([sys.executable, "-m", "galleria_cli", "--help"], capture_output=True, text=True, check=True)
    assert run.stdout.startswith("Usage: galleria-storage")


def test_a_terminal_that_knows_few_letters_is_not_an_error() -> None:
    code = "from galleria_cli.console import main\nmain(['--help'])\nprint('🌅')"
    run = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONIOENCODING": "ascii"}, capture_output=True, check=True
    )
    assert run.stdout.endswith(b"?\n")


def test_a_group_without_a_subcommand_shows_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert console.main(["cors"]) == 2
    printed = capsys.readouterr().err
    assert printed.startswith("Usage: galleria-storage cors")
    assert "Error" not in printed


def test_an_error_of_usage_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert console.main(["setup"]) == 2
    assert "Choose from: aws, hetzner" in capsys.readouterr().err


def test_an_error_says_at_which_provider_the_bucket_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reach = {"BUCKET": "gallery", "ENDPOINT": "http://127.0.0.1:9", "ACCESS_KEY": "a", "SECRET_KEY": "s"}
    for name, value in reach.items():
        monkeypatch.setenv(f"S3_PUBLIC_{name}", value)
    monkeypatch.setattr("galleria_storage.s3.discovery.identify", refused)
    assert console.main(["manifest"]) == 2
    assert capsys.readouterr().err == "'gallery': no, at 127.0.0.1:9\nAsk.\n"


def refused(connection: Connection) -> Connection:
    raise AccessDeniedError(f"{connection.bucket!r}: no", bucket=connection.bucket, advice="Ask.")


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_the_overview_fits_the_terminal(
    columns: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    assert console.main([]) == 0
    commands = capsys.readouterr().out.partition("Commands:\n")[2].partition("\n\n")[0]
    assert max(map(len, commands.splitlines())) <= min(columns, 100)
    assert " ".join(commands.split()) == " ".join(f"{name} {what}" for name, what in console.COMMANDS.items())


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
@pytest.mark.parametrize(("words", "status"), [("--version", 0), ("push", 2)])
def test_output_that_was_closed_beforehand_is_done_without(words: str, status: int, closed: str) -> None:
    command = f"{sys.executable} -m galleria_cli {words} {closed}"
    run = subprocess.run(["sh", "-c", command], check=False, capture_output=True, text=True, timeout=60)
    assert (run.returncode, "Traceback" in run.stderr) == (status, False)
