"""How outcomes are told: to the caller of the function, in its form, and to people, in one line."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from galleria_storage.delivery.events import Delivery
from galleria_storage.errors import ProviderError
from galleria_storage.publishing.outcome import Outcome

_RESULT_CODES: Final = {"rejected": "PermanentFailure", "failed": "TemporaryFailure"}
#: S3 puts the result string into the completion report; the report's line has to stay readable.
_RESULT_STRING_CHARACTERS: Final = 1000


def answer(delivery: Delivery, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Build the function's answer.

    Parameters
    ----------
    delivery
        What `events.unpack` found.
    outcomes
        One for each of its tasks, in the same order.

    Returns
    -------
    dict
        For SQS `batchItemFailures` with the messages to deliver again; for S3
        Batch Operations one result per task; else `outcomes`, for a person
        or a test that called the function by hand.

    Raises
    ------
    ProviderError
        A photo failed and the caller has no other way to learn that: Lambda
        then tries the event again, and finally puts it into the failure queue.
        Photos of the same event that were published are duplicates then.
    """
    if delivery.form == "queue":
        return {"batchItemFailures": [{"itemIdentifier": reference} for reference in _failed(delivery, outcomes)]}
    if delivery.form == "batch":
        return _batch_answer(delivery, outcomes)
    failed = [outcome for outcome in outcomes if outcome.status == "failed"]
    if failed:
        reasons = "; ".join(f"{outcome.key or 'an event'}: {outcome.reason}" for outcome in failed)
        raise ProviderError(f"{len(failed)} of {len(outcomes)} photos failed: {reasons}", key=failed[0].key)
    return {"outcomes": [summary(outcome) for outcome in outcomes]}


def summary(outcome: Outcome) -> dict[str, Any]:
    """Return the fields of an outcome that have a value, ready for JSON."""
    fields = outcome.as_dict()
    named = {"key": fields.pop("key"), "outcome": fields.pop("status"), **fields}
    heirs = [summary(heir) for heir in outcome.heirs]
    return {name: value for name, value in {**named, "heirs": heirs or ""}.items() if value != ""}


def line(told: Mapping[str, Any]) -> str:
    """Return what `summary` says as one line for people, safe for a terminal."""
    before, after = told.get("captured_before", ""), told.get("captured_after", "")
    taken = f"{before or '-'} → {after}" if after else ""
    parts = (f"{told['outcome']:<9}", told.get("key") or "an event", taken, told.get("reason", ""))
    text = "  ".join(part for part in parts if part)
    return "".join(sign if sign.isprintable() else "·" for sign in text)


def _failed(delivery: Delivery, outcomes: Sequence[Outcome]) -> list[str]:
    """Return each message with a failed photo once, in order."""
    pairs = zip(delivery.tasks, outcomes, strict=True)
    return list(dict.fromkeys(task.reference for task, outcome in pairs if outcome.status == "failed"))


def _batch_answer(delivery: Delivery, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    results = [
        {
            "taskId": task.reference,
            "resultCode": _RESULT_CODES.get(outcome.status, "Succeeded"),
            "resultString": (f"{outcome.status}: {outcome.reason}" if outcome.reason else outcome.status)[
                :_RESULT_STRING_CHARACTERS
            ],
        }
        for task, outcome in zip(delivery.tasks, outcomes, strict=True)
    ]
    return {
        "invocationSchemaVersion": delivery.schema_version,
        "treatMissingKeysAs": "TemporaryFailure",
        "invocationId": delivery.invocation_id,
        "results": results,
    }
