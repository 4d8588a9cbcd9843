"""Trying out which preconditions a provider obeys, with one object of a few bytes.

An answer alone is not believed. A write under a condition that does not hold must be refused *and* leave the object as
it was, one under a condition that holds must succeed, and both must happen twice. Any other behaviour counts as
ignored, which costs requests later, but no photo.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http import HTTPStatus
from itertools import count
from typing import Any, Final, Literal, NamedTuple

from galleria_storage.errors import ProviderError
from galleria_storage.s3.answers import told
from galleria_storage.s3.faults import status_of
from galleria_storage.s3.profiles import ProviderProfile, Support
from galleria_storage.s3.trial_key import TrialKey

_OTHER_ETAG: Final = "0" * 32
_OTHER_MD5: Final = "AAAAAAAAAAAAAAAAAAAAAA=="
_ROUNDS: Final = 2

_Answer = Literal["done", "not met", "refused"]
_ANSWERS: Final[dict[int, _Answer]] = {
    HTTPStatus.CONFLICT: "not met",
    HTTPStatus.PRECONDITION_FAILED: "not met",
    HTTPStatus.BAD_REQUEST: "refused",
    HTTPStatus.NOT_FOUND: "refused",
    HTTPStatus.METHOD_NOT_ALLOWED: "refused",
    HTTPStatus.LENGTH_REQUIRED: "refused",
    HTTPStatus.NOT_IMPLEMENTED: "refused",
}


class _Puts(NamedTuple):
    """What one round of PutObject has shown."""

    absent: Support
    present: Support
    quoting: Literal["quoted", "unquoted"]


class Trial:
    """One trial of one bucket.

    Parameters
    ----------
    key
        Where to write.
    base
        What is known already; the trial adds to it.
    """

    def __init__(self, key: TrialKey, base: ProviderProfile) -> None:
        self._key = key
        self._base = base
        self._bodies = (f"A trial wrote this object, and removes it again: {number}.".encode() for number in count())

    def run(self) -> ProviderProfile:
        """Try everything out and leave nothing behind; if nothing may be removed, return the profile as it was.

        Raises
        ------
        ProviderError
            The provider could not be asked, or the object could not be removed; the next trial will remove it.
        """
        if not self._key.may_be_written():
            return self._base
        with self._swept():
            puts = [self._try_puts() for _ in range(_ROUNDS)]
            profile = replace(
                self._base,
                name="probed",
                put_if_none_match=_agreed([found.absent for found in puts]),
                put_if_match=_agreed([found.present for found in puts]),
                etag_in_if_match=puts[0].quoting if puts[0] == puts[-1] else "quoted",
                content_md5_checked=all(self._checks_md5() for _ in range(_ROUNDS)),
            )
            if profile.preconditions and self._key.lists_uploads:
                completes = [self._try_completes(profile) for _ in range(_ROUNDS)]
                absent, present = zip(*completes, strict=True)
                profile = replace(profile, complete_if_none_match=_agreed(absent), complete_if_match=_agreed(present))
            # A delete may well take effect, so it comes last.
            return replace(profile, delete_if_match=_agreed([self._try_delete(profile) for _ in range(_ROUNDS)]))

    @contextmanager
    def _swept(self) -> Iterator[None]:
        """Remove what was written, whatever happens."""
        try:
            yield
        finally:
            self._key.sweep()

    def _try_puts(self) -> _Puts:
        self._key.sweep()  # the key is absent now
        absent = _judged(self._try(self._put, IfNoneMatch="*"), lambda: self._unmet(self._put, IfNoneMatch="*"))
        self._put()
        unmet = self._unmet(self._put, IfMatch=f'"{_OTHER_ETAG}"')
        if unmet != "not met":
            return _Puts(absent, "ignored" if unmet == "done" else "refused", "quoted")
        if self._try(self._put, IfMatch=f'"{self._key.etag()}"') == "done":
            return _Puts(absent, "honoured", "quoted")
        met = self._try(self._put, IfMatch=self._key.etag())
        return _Puts(absent, "honoured" if met == "done" else "refused", "unquoted")

    def _checks_md5(self) -> bool:
        return self._unmet(self._put, ContentMD5=_OTHER_MD5) == "refused"

    def _try_completes(self, profile: ProviderProfile) -> tuple[Support, Support]:
        """Return how If-None-Match and If-Match of CompleteMultipartUpload are treated while there is an object."""
        self._put()
        upload = self._begin_upload()
        answers = [self._unmet(self._complete, upload=upload, IfNoneMatch="*")]
        if answers[0] != "done":
            answers.append(self._unmet(self._complete, upload=upload, IfMatch=profile.if_match(_OTHER_ETAG)))
        # An upload that was completed against its condition is gone, so the next answer would say nothing.
        met = "done" not in answers and self._try(
            self._complete, upload=upload, IfMatch=profile.if_match(self._key.etag())
        )
        if met != "done":
            self._try(self._abort, upload=upload)
            return ("refused", "refused") if set(answers) == {"refused"} else ("ignored", "ignored")
        return _as_support(answers[0]), _as_support(answers[1])

    def _try_delete(self, profile: ProviderProfile) -> Support:
        if not self._key.etag():
            self._put()
        return _as_support(self._unmet(self._delete, IfMatch=profile.if_match(_OTHER_ETAG)))

    def _begin_upload(self) -> dict[str, Any]:
        where = {"bucket": self._key.bucket, "key": self._key.key}
        upload_id = told(self._key.call("create_multipart_upload"), "UploadId", "CreateMultipartUpload", **where)
        part = self._key.call("upload_part", UploadId=upload_id, PartNumber=1, Body=next(self._bodies))
        etag = told(part, "ETag", "UploadPart", **where)
        return {"UploadId": upload_id, "MultipartUpload": {"Parts": [{"ETag": etag, "PartNumber": 1}]}}

    def _put(self, **condition: str) -> None:
        self._key.call("put_object", Body=next(self._bodies), **condition)

    def _complete(self, upload: dict[str, Any], **condition: str) -> None:
        self._key.call("complete_multipart_upload", **upload, **condition)

    def _abort(self, upload: dict[str, Any]) -> None:
        self._key.call("abort_multipart_upload", UploadId=upload["UploadId"])

    def _delete(self, **condition: str) -> None:
        self._key.call("delete_object", **condition)

    def _unmet(self, write: Callable[..., None], **arguments: Any) -> _Answer:
        """Write under a condition that does not hold; if the object changed anyway, the write counts as done."""
        before = self._key.etag()
        answer = self._try(write, **arguments)
        return answer if answer != "done" and self._key.etag() == before else "done"

    def _try(self, write: Callable[..., None], **arguments: Any) -> _Answer:
        """Write, and return whether it was refused; raise all other errors."""
        try:
            write(**arguments)
        except ProviderError as error:
            if answer := _ANSWERS.get(status_of(error)):
                return answer
            raise
        return "done"


def _judged(met: _Answer, unmet: Callable[[], _Answer]) -> Support:
    if met != "done":
        return "refused"
    return "honoured" if unmet() == "not met" else "ignored"


def _as_support(unmet: _Answer) -> Support:
    """Judge a condition that does not hold by the answer to the write."""
    if unmet == "not met":
        return "honoured"
    return "ignored" if unmet == "done" else "refused"


def _agreed(rounds: list[Support] | tuple[Support, ...]) -> Support:
    """Return what all rounds have shown; if they differ, nothing can be relied upon."""
    return rounds[0] if len(set(rounds)) == 1 else "ignored"
