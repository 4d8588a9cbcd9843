"""From a task of an event to an outcome, whatever happens on the way."""

from dataclasses import replace
from typing import Protocol

from galleria_storage.delivery.events import Task
from galleria_storage.delivery.reports import Reporter
from galleria_storage.errors import GalleriaError
from galleria_storage.publishing.outcome import Outcome


class Publishes(Protocol):
    """What is needed of `publishing.protocol.Publisher`."""

    def publish(self, key: str) -> Outcome:
        """Publish one staging object, or raise an error that may pass."""
        ...


def carry_out(task: Task, publisher: Publishes, reporter: Reporter, staging_bucket: str) -> Outcome:
    """Publish the photo that a task names and tell those who want to know.

    Never raises an error of the family: what may succeed later comes back as
    the outcome `failed`, so that the other tasks of the event are done first.
    An outcome that could not be reported is `failed` too, since nobody else
    would hear of it.
    """
    try:
        outcome = _publish(task, publisher, staging_bucket)
    except GalleriaError as error:
        outcome = Outcome.from_error(task.key, error)
    try:
        reporter.report(outcome, task)
    except GalleriaError as error:
        reason = f"it was {outcome.status}, but nobody could be told: {error.message}"
        return replace(outcome, status="failed", reason=reason, advice=error.advice or "")
    return outcome


def _publish(task: Task, publisher: Publishes, staging_bucket: str) -> Outcome:
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
    outcome = publisher.publish(task.key)
    if outcome.status == "gone" and task.other_key:
        other = publisher.publish(task.other_key)
        return outcome if other.status == "gone" else other
    return outcome
