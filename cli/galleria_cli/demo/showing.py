"""Publishing photos on an embedded S3, with every result checked and shown: the work of `demo`.

Uploads photos into a staging bucket, hands each notification to the function `publish_photo`, does it all again,
changes a tag, lets `audit_cors` find and repair broken rules, and checks every published object with independent
readers.
"""

import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from textwrap import fill
from typing import Final

from galleria_cli import text_table
from galleria_cli.demo import cors_demo
from galleria_cli.demo.embedded import EmbeddedSystem, embedded_system
from galleria_cli.demo.own_photos import photos_in
from galleria_cli.demo.samples import Photo, sample_photos
from galleria_cli.demo.trials import Again, Row, change_a_tag, publish, publish_again
from galleria_cli.files import folder_given
from galleria_cli.reporting import Report
from galleria_storage.bulk.selection import Selection
from galleria_storage.publishing.publish_settings import DEFAULT_CORRECTION_VARIABLES

_HEADER: Final = ("photo", "published as", "offset", "outcome", "ms", "checked")
#: Keeps the table within 80 columns.
_KEY_COLUMNS: Final = 24
_COLUMNS: Final = 80
#: Removed from the environment: the demo shows the photos' own corrections, and defaults would change the result.
_NO_DEFAULTS: Final = dict.fromkeys(
    (*DEFAULT_CORRECTION_VARIABLES, "CACHE_CONTROL", "METADATA_ALLOWLIST", "PASS_THROUGH_TYPES", "DUPLICATE_SCOPE",
     "EVENT_BUS_NAME", "CDN_DISTRIBUTION_ID", "CORS_MODE", "CORS_RULES", "CORS_BUCKETS", "CORS_PROBE_URL"),
    "",
)  # fmt: skip


def show(
    folder: Path | None, log_file: Path | None, asked: Mapping[str, str], selection: Selection, report: Report
) -> int:
    """Do the work of the command, and return its exit status."""
    unreadable: dict[str, str] = {}
    own = folder_given(folder) if folder else None
    photos: Callable[[], Iterable[Photo]] = (
        (lambda: photos_in(own, unreadable, asked, selection)) if own else sample_photos
    )
    if own:
        photos()  # a folder without photos is refused before anything is started
    log_path = log_file or _new_log()
    plain = not (report.as_json or report.quiet)
    with log_path.open("w", encoding="utf-8") as log, embedded_system(log, _NO_DEFAULTS) as system:
        wrong = (_show if plain else partial(_tell, report))(system, photos)
    wrong += [f"{name}: {problem}" for name, problem in unreadable.items()]
    if plain:
        print(f"The functions' own log, JSON lines: {log_path}")
    if not report.as_json:
        for line in wrong:
            print(text_table.printable(f"WRONG  {line}"))
    words = f"{text_table.counted(len(wrong), 'thing is', 'things are')} wrong." if wrong else "All is right."
    report.summary(words, {"wrong": wrong, "log": str(log_path)})
    return 1 if wrong else 0


def _show(system: EmbeddedSystem, photos: Callable[[], Iterable[Photo]]) -> list[str]:
    """Run every part, print its results and return what is wrong."""
    print(f"S3 at {system.endpoint}; every photo is put into staging\nand published by its own notification.\n")
    rows, again = _run(system, photos)
    print(text_table.render(_HEADER, map(_cells, rows), right=frozenset({4})))
    for row in rows:
        if row.reason:
            print(fill(text_table.printable(f"{row.key}: {row.reason}"), _COLUMNS, initial_indent="  ",
                       subsequent_indent="    ", break_on_hyphens=False))  # fmt: skip
    counts = Counter(row.outcome for row in rows)
    ignored = f", {counts['ignored']} ignored" if counts["ignored"] else ""
    print(f"\n{counts['published']} published, {counts['rejected']} rejected with a reason{ignored}.")
    print(f"Everything uploaded again: {again.words}\n")
    verdicts = cors_demo.break_and_repair(system)
    print(text_table.render(("CORS rules of the public bucket", "verdict", "rules afterwards"), verdicts.rows))
    print()
    return [f"{row.key}: {text}" for row in rows for text in row.problems] + again.problems + verdicts.problems


def _tell(report: Report, system: EmbeddedSystem, photos: Callable[[], Iterable[Photo]]) -> list[str]:
    """Do the same, and print only the report's lines."""
    rows, again = _run(system, photos)
    for row in rows:
        report.file(
            row.outcome,
            row.label,
            wrong=bool(row.problems),
            captured=row.after.time,
            offset=row.after.offset,
            milliseconds=round(row.milliseconds),
            problems=row.problems or None,
            reason=row.reason,
        )
    verdicts = cors_demo.break_and_repair(system)
    return [f"{row.key}: {text}" for row in rows for text in row.problems] + again.problems + verdicts.problems


def _run(system: EmbeddedSystem, photos: Callable[[], Iterable[Photo]]) -> tuple[list[Row], Again]:
    """Publish all photos, upload them again, and change a tag of a sample (never of the user's own photos)."""
    rows = []
    for photo in photos():
        rows.append(publish(system, photo))
        if sys.stderr.isatty():
            print(f"\r{len(rows)} photos", end="\r", file=sys.stderr, flush=True)
    again = publish_again(system, photos(), rows)
    if photos is sample_photos and (tagged := change_a_tag(system, rows)):
        rows.append(tagged)
    return rows, again


def _cells(row: Row) -> tuple[str, ...]:
    return (
        text_table.shorten(text_table.printable(row.label), _KEY_COLUMNS),
        text_table.printable(row.after.time) or "-",
        row.after.offset or "-",
        row.outcome,
        f"{row.milliseconds:.0f}",
        "WRONG" if row.problems else "right",
    )


def _new_log() -> Path:
    handle, name = tempfile.mkstemp(prefix="galleria-demo-", suffix=".log")
    os.close(handle)
    return Path(name)
