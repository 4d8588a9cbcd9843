"""`galleria-storage deploy FOLDER`: a static site into the public bucket, beside the photos."""

import os
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from galleria_cli.options import PATH, selected, told, transferred
from galleria_cli.reporting import Report, size_text
from galleria_storage.bulk.selection import Selection
from galleria_storage.errors import LocalFileError

if TYPE_CHECKING:
    from galleria_cli.deploying import Deployed, Header

_PAIR = "PATTERN=VALUE"


@click.command("deploy", epilog="Exit status: 0 all is there, 1 a file or the CORS rules are not right, 2 not done.")
@click.argument("folder", type=PATH)
@click.option("--bucket", help="Deploy there (S3_PUBLIC_BUCKET).")
@click.option("--endpoint", help="The provider's endpoint (S3_PUBLIC_ENDPOINT); empty for AWS.")
@click.option("--prefix", default="", help="Put before each name, with one / between.")
@click.option("--setup-cors", is_flag=True, help="Put the bucket's CORS rules right first.")
@click.option("--no-cors-check", is_flag=True, help="Deploy whatever the bucket's CORS rules are.")
@click.option("--cache-control", multiple=True, metavar=_PAIR, help="For names: '*.css=max-age=31536000'.")
@click.option("--media-type", multiple=True, metavar=_PAIR, help="For names: '*.geojson=application/geo+json'.")
@click.option("--again", is_flag=True, help="Send also what has not changed: its headers may.")
@selected
@transferred
@told
def command(
    *,
    folder: Path,
    bucket: str | None,
    endpoint: str | None,
    prefix: str,
    setup_cors: bool,
    no_cors_check: bool,
    cache_control: tuple[str, ...],
    media_type: tuple[str, ...],
    again: bool,
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    transfers: int,
    patience: float,
    dry_run: bool,
    as_json: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    """Put a static site into the public bucket, and only what is new or changed.

    The bucket and how to reach it come from the settings (S3_PUBLIC_*). Its CORS rules are looked at first: a
    gallery whose images no page may read is not deployed. Nothing ever takes the place of a photo's corrected
    copy, and nothing is deleted. Pages go last. Photos belong into staging: see `push`.
    """
    from galleria_cli import deploying, places  # noqa: PLC0415 # `--help` is quick
    from galleria_cli.files import files_of, size_of  # noqa: PLC0415
    from galleria_storage.bulk.patience import Patience  # noqa: PLC0415
    from galleria_storage.bulk.remembered import RememberedFiles  # noqa: PLC0415
    from galleria_storage.bulk.run import as_they_finish  # noqa: PLC0415
    from galleria_storage.bulk.standing import look  # noqa: PLC0415

    headers = [_headers(cache_control, "--cache-control"), _headers(media_type, "--media-type")]
    if not folder.is_dir():
        raise LocalFileError(f"no such folder: {str(folder)!r}")
    found = files_of([folder], Selection(include, exclude))
    store = places.public_store({"S3_PUBLIC_BUCKET": bucket, "S3_PUBLIC_ENDPOINT": endpoint})
    given = {"S3_PUBLIC_BUCKET": store.bucket, "S3_PUBLIC_ENDPOINT": endpoint}
    if not no_cors_check and not _cors_in_order(given, setup_cors=setup_cors and not dry_run):
        return 1
    report = Report(as_json=as_json, quiet=quiet, verbose=verbose)
    waiting = Patience(report.waiting, patience)
    start = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
    standing = waiting.call(lambda: look(store, [start + file.name for file in found if file.problem is None]))
    remembered = RememberedFiles(places.cache_file("files.sqlite"))
    defaults = [*headers[0], *(deploying.Header(f"*{ending}", "no-cache") for ending in deploying.PAGES)]
    run = deploying.Deployment(
        store, standing, start, waiting, remembered, defaults, headers[1], again=again, dry_run=dry_run
    )
    counts: Counter[str] = Counter()
    started, sent = time.monotonic(), 0
    try:
        with report.progress(len(found), sum(map(size_of, found))):
            for stage in deploying.in_stages(found):
                with closing(as_they_finish(run.one, stage, transfers)) as results:
                    for done in results:
                        counts[done.status] += 1
                        sent += done.size if done.status == "deployed" else 0
                        _tell(report, done, dry_run=dry_run)
                        report.advance(done.size)
    finally:
        remembered.close()
    seconds = time.monotonic() - started
    verb = "would be deployed" if dry_run else "deployed"
    parts = [f"{counts['deployed']} {verb} ({size_text(sent)})", f"{counts['unchanged']} already there"]
    parts += [f"{counts[status]} {status}" for status in ("left out", "refused", "failed") if counts[status]]
    report.summary(f"{', '.join(parts)}: {places.place_of(store)} ({seconds:.1f} s)", {**counts, "bytes": sent})
    return int(any(counts[status] for status in deploying.WRONG))


def _tell(report: Report, done: "Deployed", *, dry_run: bool) -> None:
    status = "would deploy" if dry_run and done.status == "deployed" else done.status
    wrong, dull = done.status in {"refused", "failed"}, done.status in {"unchanged", "left out"}
    report.file(status, done.name, wrong=wrong, dull=dull, key=done.key, size=done.size, reason=done.reason)


def _headers(words: tuple[str, ...], option: str) -> "list[Header]":
    from galleria_cli.deploying import Header  # noqa: PLC0415 # `--help` is quick

    found = []
    for word in words:
        pattern, sign, value = word.partition("=")
        if not (pattern and sign and value):
            raise click.UsageError(f"{option} is {word!r}; {_PAIR} is expected")
        found.append(Header(pattern, value))
    return found


def _cors_in_order(given: dict[str, str | None], *, setup_cors: bool) -> bool:
    """Look at the bucket's CORS rules, put them right if that is asked, and say what is wrong with them."""
    from galleria_cli.commands.cors import may_be_read  # noqa: PLC0415 # `--help` is quick

    env = {**os.environ, **{name: value for name, value in given.items() if value is not None}}
    return may_be_read(env, setup_cors=setup_cors)
