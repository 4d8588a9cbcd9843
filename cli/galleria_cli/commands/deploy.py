"""`galleria-storage deploy FOLDER`: a static site into the public bucket, next to the photos."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from galleria_cli.options import PATH, Transfers, dry, placed, recursive, reported, selected, transferred
from galleria_cli.reporting import Report
from galleria_cli.subcommands import Subcommand
from galleria_storage.bulk.selection import Selection

if TYPE_CHECKING:
    from galleria_cli.deploying import Header

_PAIR = "PATTERN=VALUE"


@click.command(
    "deploy",
    cls=Subcommand,
    epilog="Exit status: 0 all is there, 1 a file or the CORS rules are not right, 2 not done.",
)
@click.argument("folder", type=PATH)
@click.option("--bucket", help="The public bucket (S3_PUBLIC_BUCKET).")
@click.option("--endpoint", help="The provider's endpoint (S3_PUBLIC_ENDPOINT); empty for AWS.")
@click.option("--setup-cors", is_flag=True, help="Repair the bucket's CORS rules first.")
@click.option("--no-cors-check", is_flag=True, help="Deploy whatever the bucket's CORS rules are.")
@click.option("--cache-control", multiple=True, metavar=_PAIR, help="For names: '*.css=max-age=31536000'.")
@click.option("--media-type", multiple=True, metavar=_PAIR, help="For names: '*.geojson=application/geo+json'.")
@click.option("--again", is_flag=True, help="Also send unchanged files, whose headers may have changed.")
@placed
@recursive(default=True, what="The folder")
@selected
@transferred
@dry
@reported
def command(
    *,
    folder: Path,
    bucket: str | None,
    endpoint: str | None,
    setup_cors: bool,
    no_cors_check: bool,
    cache_control: tuple[str, ...],
    media_type: tuple[str, ...],
    again: bool,
    prefix: str,
    checksum: bool,
    recursive: bool,
    selection: Selection,
    transfers: Transfers,
    dry_run: bool,
    report: Report,
) -> int:
    """Put a static site into the public bucket, and only what is new or changed.

    The bucket and how to reach it come from the settings (S3_PUBLIC_*). Its CORS rules are checked first: a gallery
    whose images no page may read is not deployed. A photo's corrected copy is never replaced, and nothing is deleted.
    Pages go last. Photos belong in staging: see `push`.
    """
    from galleria_cli import deploying, places, sending  # noqa: PLC0415 # `--help` is quick
    from galleria_cli.files import Chosen, folder_given  # noqa: PLC0415
    from galleria_storage.bulk.standing import folder_of  # noqa: PLC0415

    headers = [_headers(cache_control, "--cache-control"), _headers(media_type, "--media-type")]
    found = Chosen([folder_given(folder)], selection, recursive=recursive)
    store = places.public_store({"S3_PUBLIC_BUCKET": bucket, "S3_PUBLIC_ENDPOINT": endpoint}, pace=transfers.pace)
    given = {"S3_PUBLIC_BUCKET": store.bucket, "S3_PUBLIC_ENDPOINT": endpoint}
    if not no_cors_check and (status := _cors_status(given, setup_cors=setup_cors and not dry_run)):
        return status
    defaults = [*headers[0], *(deploying.Header(f"*{ending}", "no-cache") for ending in deploying.PAGES)]
    start = folder_of(prefix)
    run = sending.Sending(store, start, report, transfers, deploying.WORDS, checksum=checksum, dry_run=dry_run)
    right = run.run(
        deploying.in_stages(found),
        lambda known: (
            deploying.Deployment(store, start, known, defaults, headers[1], again=again, dry_run=dry_run).work
        ),
    )
    return int(not right)


def _headers(words: tuple[str, ...], option: str) -> "list[Header]":
    from galleria_cli.deploying import Header  # noqa: PLC0415 # `--help` is quick

    found = []
    for word in words:
        pattern, sign, value = word.partition("=")
        if not (pattern and sign and value):
            raise click.UsageError(f"{option} is {word!r}; allowed is {_PAIR}")
        found.append(Header(pattern, value))
    return found


def _cors_status(given: dict[str, str | None], *, setup_cors: bool) -> int:
    """Check the bucket's CORS rules, repair them if asked to, and print what is wrong with them."""
    from galleria_cli.auditing import reading_status  # noqa: PLC0415 # `--help` is quick

    env = {**os.environ, **{name: value for name, value in given.items() if value is not None}}
    return reading_status(env, setup_cors=setup_cors)
