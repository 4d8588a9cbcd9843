"""Auditing the public bucket's CORS rules and printing the verdicts: the work of `cors`, also used by `deploy`."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TextIO

from galleria_cli.reporting import Report
from galleria_cli.text_table import printable
from galleria_storage.corrections.near_misses import near_settings
from galleria_storage.cors.all_buckets import audit_buckets, summary
from galleria_storage.cors.bucket_verdict import BucketVerdict
from galleria_storage.cors.cors_settings import cors_settings
from galleria_storage.runtime.environment import RememberedNames, completed

_GUIDANCE = "Run again with --setup-cors (or `galleria-storage cors repair`) to repair the rules."


def audit(*, setup_cors: bool, merge: bool, report: Report) -> int:
    """Audit all configured buckets, print the verdicts, and return the exit status."""
    verdicts = _verdicts(os.environ, setup_cors=setup_cors, merge=merge)
    if report.as_json:
        print(json.dumps(summary(verdicts), indent=2))
    else:
        shown = [verdict for verdict in verdicts if not report.quiet or _exit_status([verdict])]
        _print(shown, sys.stdout, setup_cors=setup_cors)
    return _exit_status(verdicts)


def reading_status(env: Mapping[str, str], *, setup_cors: bool) -> int:
    """Return 0 if pages may read the public bucket, 1 if not, 2 if nobody knows; print what is wrong to standard error.

    A provider without CORS rules (the MinIO family) counts as readable unless CORS_PROBE_URL shows that it is not:
    nobody could repair anything in the bucket. A note is printed all the same.
    """
    verdicts = _verdicts(env, setup_cors=setup_cors, merge=False)
    _print([verdict for verdict in verdicts if _exit_status([verdict])], sys.stderr, setup_cors=setup_cors)
    status = _exit_status([verdict for verdict in verdicts if not verdict.unknown])
    if status == 2:  # noqa: PLR2004 # as documented
        print("Nothing was deployed; --no-cors-check skips this check.", file=sys.stderr)
    return status


def _verdicts(env: Mapping[str, str], *, setup_cors: bool, merge: bool) -> list[BucketVerdict]:
    env = RememberedNames(completed(env))
    settings = cors_settings(env)
    for note in near_settings(env, env.names):
        print(printable(note), file=sys.stderr)
    if merge:
        settings = replace(settings, mode="merge")
    elif setup_cors and settings.mode == "audit":
        # A person who types this wants it done, whatever the scheduled function is allowed to do.
        settings = replace(settings, mode="repair")
    return audit_buckets(settings, read_only=not setup_cors, log=_log)


def _log(message: str, *, extra: Mapping[str, Any]) -> None:
    """Print what the library logs, in words: the old rules, before they are replaced."""
    if "rules_before" not in extra:  # a defect, with all that is known of it
        print(message, *extra.values(), file=sys.stderr)
        return
    before = json.dumps(extra["rules_before"], ensure_ascii=False) if extra["rules_before"] else "there were none"
    print(printable(f"{extra['bucket']}: its CORS rules are replaced; before: {before}"), file=sys.stderr)


def _print(verdicts: Sequence[BucketVerdict], where: TextIO, *, setup_cors: bool) -> None:
    for verdict in verdicts:
        _print_one(verdict, where)
    if any(verdict.status == "drifted" for verdict in verdicts) and not setup_cors:
        print(_GUIDANCE, file=where)


def _print_one(verdict: BucketVerdict, where: TextIO) -> None:
    print(printable(f"{verdict.bucket}: {verdict.status}: {verdict.reason}"), file=where)
    notes: Sequence[tuple[str, Any]] = (
        ("needs", verdict.shortcomings),
        ("differs", verdict.differences),
        ("risk", verdict.risks),
        ("probe", verdict.probe.problems if verdict.probe else ()),
    )
    for label, lines in notes:
        for line in lines:
            print(printable(f"  {label}: {line}"), file=where)
    if verdict.advice:
        print(printable(f"  {verdict.advice}"), file=where)


def _exit_status(verdicts: Sequence[BucketVerdict]) -> int:
    if any(verdict.status == "failed" or verdict.unknown for verdict in verdicts):
        return 2
    return int(any(verdict.drift and verdict.status != "repaired" for verdict in verdicts))
