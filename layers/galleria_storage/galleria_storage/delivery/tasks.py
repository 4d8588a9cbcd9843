"""From an event's task to an outcome, whatever goes wrong: the one place where errors become outcomes."""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from galleria_storage.delivery.notices import Task
from galleria_storage.delivery.reports import Reporter
from galleria_storage.errors import GalleriaError
from galleria_storage.publishing.outcome import Outcome, Tell


class Publishes(Protocol):
    """What is needed of `publishing.wiring.PublishService`, or of a `Publisher`."""

    def publish(self, key: str, tell: Tell) -> Outcome:
        """Bring the copy of a key up to its original, or raise an error of the family."""
        ...

    def unpublish(self, key: str, tell: Tell) -> Outcome:
        """Do the same after somebody removed the original."""
        ...


def carry_out(
    task: Task,
    publisher: Publishes,
    reporter: Reporter,
    staging_bucket: str,
    on_defect: Callable[[Exception], None] | None = None,
) -> Outcome:
    """Do what a task asks for, and report the outcome.

    Errors of the family are never raised: what may succeed later becomes the
    outcome `failed`, so that the other tasks of the event are done first. An
    outcome that could not be reported is `failed` too, so that the event comes
    again.

    Parameters
    ----------
    task, publisher, reporter
        What to do, who does it, and who reports it.
    staging_bucket
        The only bucket that a task may name.
    on_defect
        Called with an error that is not of the family, which then makes the
        outcome `failed`; without it, the error is raised.
    """
    try:
        return _reported(_carried_out(task, publisher, reporter, staging_bucket), task, reporter)
    except Exception as error:  # a defect with one photo must not stop the others
        if on_defect is None:
            raise
        on_defect(error)
        return Outcome(key=task.key, status="failed", reason=f"{type(error).__name__}: {error}")


def _carried_out(task: Task, publisher: Publishes, reporter: Reporter, staging_bucket: str) -> Outcome:
    try:
        return _act(task, publisher, lambda other: reporter.report(other, task), staging_bucket)
    except GalleriaError as error:
        return Outcome.from_error(task.key, error)


def _reported(outcome: Outcome, task: Task, reporter: Reporter) -> Outcome:
    try:
        reporter.report(outcome, task)
    except GalleriaError as error:
        reason = f"it was {outcome.status}, but that could not be reported: {error.message}"
        return replace(outcome, status="failed", reason=reason, advice=error.advice or "")
    return outcome


def _act(task: Task, publisher: Publishes, tell: Tell, staging_bucket: str) -> Outcome:
    if task.problem:
        return Outcome(
            key=task.key, status="failed", reason=task.problem, advice="See the function's log for the event itself."
        )
    if task.bucket != staging_bucket:
        return Outcome(
            key=task.key,
            status="rejected",
            reason=f"the event names the bucket {task.bucket!r}; photos are only taken from {staging_bucket!r}",
            advice="Remove this function from that bucket's notifications, or set STAGING_BUCKET.",
        )
    if task.change == "expired":
        return Outcome(key=task.key, status="gone", reason="a lifecycle rule removed the original; its copy stays")
    act = publisher.unpublish if task.change == "removed" else publisher.publish
    outcome = act(task.key, tell)
    if task.other_key and outcome.status in {"gone", "removed"}:
        other = publisher.publish(task.other_key, tell)  # the event may be misunderstood, so no copy is removed
        return outcome if other.status in {"gone", "ignored"} else other
    return outcome
