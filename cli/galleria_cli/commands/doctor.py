"""`galleria-storage doctor`: the set-up, checked step by step."""

import click

from galleria_cli.options import judged, reported, retried
from galleria_cli.reporting import Report
from galleria_cli.subcommands import Subcommand
from galleria_cli.text_table import counted, sentences


@click.command("doctor", cls=Subcommand, epilog="Exit status: 0 all is well, 1 something is wrong.")
@judged
@click.option("--base-url", metavar="URL", help="Where visitors read photos; one is requested there.")
@click.option("--no-write", is_flag=True, help="Do not try out conditional writes in the public bucket.")
@retried
@reported
def command(*, stack: str | None, base_url: str | None, no_write: bool, report: Report) -> int:
    """Check settings, keys, buckets, conditions, CORS rules, notification and public reading, and say what to do.

    Conditional writes are tried out with small objects in the public bucket, which are removed again, unless --no-write
    is given.
    """
    from galleria_cli import places  # noqa: PLC0415 # `--help` is quick
    from galleria_cli.checking import checks  # noqa: PLC0415

    counts = {"ok": 0, "note": 0, "wrong": 0}
    for check in checks(places.settings(stack), base_url=base_url, writes=not no_write):
        counts[check.state] += 1
        reason = sentences(check.found, check.advice)
        report.file(check.state, check.name, wrong=check.state == "wrong", reason=reason)
    report.summary(
        "all is well" if not counts["wrong"] else f"{counted(counts['wrong'], 'thing is', 'things are')} wrong", counts
    )
    return int(counts["wrong"] > 0)
