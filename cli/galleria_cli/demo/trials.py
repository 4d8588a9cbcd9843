"""What the demo does with each photo, and how it judges the result."""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final

from galleria_cli.demo.embedded import PUBLIC_BUCKET, STAGING_BUCKET, EmbeddedSystem
from galleria_cli.demo.own_photos import moved
from galleria_cli.demo.samples import Photo
from galleria_cli.demo.verification import Capture, problems, read_capture
from galleria_storage.errors import GalleriaError
from galleria_storage.publishing.photo_keys import is_ignored

_TAG: Final = "timestamp-offset-hours"
_NOT_STAGED: Final = "not staged"


@dataclass
class Row:
    """One photo's result, without the photo's bytes, since there may be many."""

    photo: Photo
    outcome: str
    reason: str = ""
    before: Capture = field(default_factory=Capture)
    after: Capture = field(default_factory=Capture)
    bytes_in: int = 0
    bytes_out: int = 0
    milliseconds: float = 0
    problems: list[str] = field(default_factory=list)
    note: str = ""

    @property
    def key(self) -> str:
        """Key in both buckets."""
        return self.photo.key

    @property
    def label(self) -> str:
        """Key, with a remark."""
        return f"{self.key} {self.note}".rstrip()


@dataclass(frozen=True)
class Again:
    """The result of uploading everything a second time."""

    words: str
    problems: list[str]


def publish(system: EmbeddedSystem, photo: Photo) -> Row:
    """Put a photo into staging, hand its notification to the function, and judge the result."""
    if refusal := _stage(system, photo):
        return Row(replace(photo, data=b""), _NOT_STAGED, problems=[refusal])
    return _handle_event(system, photo)


def publish_again(system: EmbeddedSystem, photos: Iterable[Photo], rows: Sequence[Row]) -> Again:
    """Upload every photo again: what was published must be a duplicate now, and its body not be read."""
    first = {row.key: row for row in rows}
    seen: Counter[str] = Counter()
    wrong, moved_bytes = [], 0
    for photo in photos:
        if photo.key not in first or first[photo.key].outcome == _NOT_STAGED:
            continue
        before = _stored(system, photo.key)
        if refusal := _stage(system, photo):
            wrong.append(f"{photo.key}: {refusal}")
            continue
        answer, _ = _call(system)
        outcome = answer["outcome"]
        seen[outcome] += 1
        cost = answer.get("bytes_in", 0) + answer.get("bytes_out", 0)
        moved_bytes += cost
        wanted = "duplicate" if first[photo.key].outcome == "published" else first[photo.key].outcome
        if outcome != wanted:
            wrong.append(f"{photo.key}: {outcome} the second time, expected {wanted}: {answer.get('reason', '')}")
        if outcome == "duplicate" and cost:
            wrong.append(f"{photo.key}: a duplicate, but {cost:,} bytes were moved")
        if _stored(system, photo.key) != before:
            wrong.append(f"{photo.key}: the published object was written again")
    system.failures()
    counts = ", ".join(f"{count} {outcome}" for outcome, count in seen.most_common())
    return Again(f"{counts}; {moved_bytes:,} bytes moved.", wrong)


def change_a_tag(system: EmbeddedSystem, rows: Sequence[Row]) -> Row | None:
    """Change the correction of one published photo by a tag; it must be published again."""
    row = next((row for row in rows if row.outcome == "published" and _TAG in row.photo.correction), None)
    if not row:
        return None
    original = system.s3.get_object(Bucket=STAGING_BUCKET, Key=row.key)["Body"].read()
    expected = Capture(moved(row.before.time, timedelta(hours=3)), row.after.offset)
    system.s3.put_object_tagging(Bucket=STAGING_BUCKET, Key=row.key, Tagging={"TagSet": [{"Key": _TAG, "Value": "+3"}]})
    result = _handle_event(system, replace(row.photo, data=original, expected=expected, outcome="published"))
    result.note = "(tag changed)"
    return result


def _stage(system: EmbeddedSystem, photo: Photo) -> str:
    """Put a photo into staging; return why that is impossible, for example because the name cannot be a key."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 # heavy

    try:
        system.s3.put_object(Bucket=STAGING_BUCKET, Key=photo.key, Body=photo.data, Metadata=dict(photo.correction))
    except (BotoCoreError, ClientError) as error:
        return f"it cannot be put into staging: {error}"
    return ""


def _handle_event(system: EmbeddedSystem, photo: Photo) -> Row:
    answer, milliseconds = _call(system)
    row = Row(replace(photo, data=b""), answer["outcome"], answer.get("reason", ""), milliseconds=milliseconds)
    row.bytes_in, row.bytes_out = answer.get("bytes_in", 0), answer.get("bytes_out", 0)
    row.before = read_capture(photo.data)
    row.problems = _judge(system, row, photo.data)
    return row


def _call(system: EmbeddedSystem) -> tuple[dict[str, Any], float]:
    """Hand the waiting notifications to the function; return the photo's outcome and the milliseconds.

    The server sends two for an upload, of the object and of its (empty) tags.
    The second one shows that a repeated event does nothing.
    """
    outcomes = []
    for event in system.events():
        started = time.perf_counter()
        try:
            found = system.publish_photo(event, None)["outcomes"]
        except GalleriaError as error:
            found = [{"outcome": "failed", "reason": error.message}]
        outcomes += [(outcome, (time.perf_counter() - started) * 1000) for outcome in found]
    if not outcomes:
        return {"outcome": "lost", "reason": "no notification arrived"}, 0
    first, milliseconds = outcomes[0]
    repeated = "duplicate" if first["outcome"] == "published" else first["outcome"]
    if any(later["outcome"] != repeated for later, _ in outcomes[1:]):
        return {"outcome": "failed", "reason": f"a repeated event had another outcome than {repeated}"}, milliseconds
    return first, milliseconds


def _judge(system: EmbeddedSystem, row: Row, original: bytes) -> list[str]:
    """Return what is wrong with a result."""
    photo, stored = row.photo, _stored(system, row.key)
    found = []
    possible = {"ignored"} if is_ignored(row.key) else {"published", "rejected"}
    if row.outcome != (photo.outcome or row.outcome) or row.outcome not in possible:
        found.append(f"{row.outcome}, expected {photo.outcome or ' or '.join(sorted(possible))}: {row.reason}")
    if row.outcome == "published":
        if stored is None:
            return [*found, "there is no copy in the public bucket"]
        copy = system.s3.get_object(Bucket=PUBLIC_BUCKET, Key=row.key)["Body"].read()
        row.after = read_capture(copy)
        return found + problems(original, copy, photo.expected)
    if stored is not None:
        found.append("there is a copy in the public bucket, although the photo was not published")
    if row.outcome == "rejected" and (row.reason == "" or row.key not in {f["key"] for f in system.failures()}):
        found.append("the rejection did not reach the failure queue with a reason")
    return found


def _stored(system: EmbeddedSystem, key: str) -> tuple[str, str] | None:
    """Return identity and date of the published object, or None."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 # heavy

    try:
        head = system.s3.head_object(Bucket=PUBLIC_BUCKET, Key=key)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:  # noqa: PLR2004
            return None
        raise
    return head["ETag"], head["LastModified"].isoformat()
