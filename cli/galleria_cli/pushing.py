"""Putting photos into staging, with their corrections: the work of `galleria-storage push`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlencode

from galleria_cli.rules.facts import Facts, facts_of, media_of, refuse_pretended
from galleria_cli.rules.rulebook import Rulebook
from galleria_cli.sending import Known, Sent, Words, outcome
from galleria_storage.bulk.walk import LocalFile
from galleria_storage.corrections.correction import parse_correction
from galleria_storage.corrections.correction_keys import CORRECTION_KEYS
from galleria_storage.errors import GalleriaError, UnsupportedOperationError
from galleria_storage.photos.formats import is_correctable
from galleria_storage.photos.source import FileSource
from galleria_storage.publishing.photo_keys import is_ignored
from galleria_storage.s3.faults import translated
from galleria_storage.s3.objects import ABSENT, Condition, Matches, ObjectInfo, ObjectStore
from galleria_storage.transfer.local_content import LocalContent

How = Literal["tags", "metadata"]
WORDS: Final = Words(
    sent="pushed",
    would={"pushed": "would push", "retagged": "would tag"},
    dull=frozenset({"unchanged", "left out"}),
    wrong=frozenset({"rejected", "failed", "missing"}),
    others={
        "retagged": "asked for other corrections",
        "left out": "left out",
        "rejected": "rejected",
        "missing": "not in staging",
        "failed": "failed",
    },
)
#: Why a file has its status.
_REASONS: Final = {"missing": "it is not in staging yet", "replaced": "in place of another file of its name"}


@dataclass(frozen=True, slots=True)
class Push:
    """One run; `one` may be called by many threads.

    Attributes
    ----------
    store
        Staging.
    prefix
        Put before each name.
    book, given
        Corrections from the rules, and from the command line.
    how
        Where the corrections are written.
    known
        What a listing says about staging, and the last run about the files.
    types
        Media types that are pushed in addition to images.
    rules_only
        Send no file; change the tags of existing objects.
    dry_run
        Do everything except writing.
    """

    store: ObjectStore
    prefix: str
    book: Rulebook
    given: Mapping[str, str]
    how: How
    known: Known
    types: frozenset[str] = frozenset()
    rules_only: bool = False
    dry_run: bool = False

    def one(self, file: LocalFile) -> Sent:
        """Push one file; any error becomes its status."""
        key = self.prefix + file.name
        if is_ignored(key):
            return Sent(file.name, key, "left out", reason="its name is not that of a photo")
        return outcome(file, key, lambda: self._one(file, key), _status)

    def facts(self, file: LocalFile) -> Facts:
        """Return what the rules need to know about a file."""
        if self.book.needs_facts:
            return facts_of(file.name, file.path)
        return Facts(file.name, media_of(file.path))

    def _one(self, file: LocalFile, key: str) -> Sent:
        facts = self.facts(file)
        choice = self.book.choose(facts, self.given)
        if choice.skip:
            return Sent(file.name, key, "left out", reason=choice.because)
        if facts.media is None:
            refuse_pretended(file.name, file.path)
        if not facts.media or not (facts.media.image or facts.media.media_type in self.types):
            return Sent(file.name, key, "left out", reason=_no_photo(facts))
        asked: Mapping[str, str] = choice.asked
        if choice.general and not is_correctable(facts.media.media_type):
            asked = {}  # treated like a default of the stack, which does not apply to such a photo
        if asked and facts.media.media_type.startswith("video/"):
            from galleria_cli.beside import asked_of  # noqa: PLC0415 # few files are films

            asked = asked_of(file.path, facts.media.media_type, asked)
        words = ", ".join(f"{name}={value}" for name, value in asked.items())
        if self._is_known(file.path, key, _correction({}, asked)):
            return Sent(file.name, key, "unchanged", self.known.standing.listed[key].size, words)
        if asked:
            _try(file.path, asked, facts.media.media_type)
        return self._send(file, key, asked, words)

    def _send(self, file: LocalFile, key: str, asked: Mapping[str, str], words: str) -> Sent:
        """Push a file that was not seen in staging before."""
        from galleria_storage.transfer import file_upload  # noqa: PLC0415 # not if nothing has changed

        file_upload.check_object_key(self.store.bucket, key)
        content = LocalContent(file.path)
        status = self.known.patience.call(lambda: self._put(file.path, content, key, asked))
        reason = _REASONS.get(status, "")
        return Sent(file.name, key, "pushed" if status == "replaced" else status, content.size, words, reason)

    def _put(self, path: Path, content: LocalContent, key: str, asked: Mapping[str, str]) -> str:
        from galleria_storage.transfer import file_upload  # noqa: PLC0415 # as above
        from galleria_storage.transfer.existing import is_same  # noqa: PLC0415 # the same

        wanted = _correction({}, asked)
        absent = self.known.standing.complete and key not in self.known.standing.listed
        found = None if absent else self.store.head(key)
        if self.rules_only:
            if found is None:
                return "missing"
            return self._asks(found.etag, key, wanted, self._retag(found, asked) or self._refuse(key))
        digests, same = self.known.remembered.digests(path), False
        if found and found.size == content.size:
            digests = digests or self.known.read(path, content)
            same = is_same(found, content, digests)
            if same and (status := self._retag(found, asked)):
                return self._asks(found.etag, key, wanted, status)
        if not self.dry_run:
            condition: Condition = Matches(found.etag) if found else ABSENT
            digests = digests or self.known.read(path, content)
            file_upload.send(self.store, content, digests, key, condition, headers=self._headers(asked))
            self._asks(digests.etag, key, wanted, "pushed")
        return "replaced" if found and not same else "pushed"

    def _is_known(self, path: Path, key: str, wanted: str) -> bool:
        """Whether file and object are as the last run left them, and the correction is the same.

        This needs no request. It does not notice whether somebody has changed the object's tags since; `--checksum`
        does.
        """
        listed, remembered = self.known.standing.listed.get(key), self.known.remembered
        if listed is None or not listed.etag or remembered.asked(self._place(key), listed.etag) != wanted:
            return False
        digests = remembered.digests(path)
        return digests is not None and (digests.size, digests.etag) == (listed.size, listed.etag)

    def _asks(self, etag: str, key: str, wanted: str, status: str) -> str:
        """Remember the object's correction after this run, and return its status."""
        if not self.dry_run:
            self.known.remembered.remember_asked(self._place(key), etag, wanted)
        return status

    def _place(self, key: str) -> str:
        return f"{self.store.client.meta.endpoint_url}/{self.store.bucket}/{key}"

    def _headers(self, asked: Mapping[str, str]) -> dict[str, Any]:
        if not asked:
            return {}
        return {"Tagging": urlencode(asked)} if self.how == "tags" else {"Metadata": dict(asked)}

    def _retag(self, found: ObjectInfo, asked: Mapping[str, str]) -> str | None:
        """Give an existing object this correction and no other; None if it must be sent again for that."""
        old = {} if self.store.profile.object_tags is False else self.store.tags(found.key)
        beneath = {name: value for name, value in found.metadata.items() if name in CORRECTION_KEYS}
        if _correction(beneath, old) == _correction({}, asked):
            return "unchanged"
        if self.how == "metadata":
            return None
        if not self.dry_run:
            put_tags(self.store, found.key, tags_asking(asked, found, old))
        return "retagged"

    def _refuse(self, key: str) -> str:
        raise UnsupportedOperationError(
            "it asks for other corrections in its metadata, which cannot be changed without sending it again",
            bucket=self.store.bucket,
            key=key,
            advice="Push without --rules-only, or with --as tags.",
        )


def _status(error: GalleriaError) -> str:
    return "rejected" if error.permanent else "failed"


def tags_asking(asked: Mapping[str, str], found: ObjectInfo, old: Mapping[str, str]) -> dict[str, str]:
    """Return all tags for an object with this correction alone; an empty tag cancels what its metadata asks for."""
    cancelled = {name: "" for name in found.metadata if name in CORRECTION_KEYS}
    others = {name: value for name, value in old.items() if name not in CORRECTION_KEYS}
    return {**others, **cancelled, **asked}


def put_tags(store: ObjectStore, key: str, tags: Mapping[str, str]) -> None:
    """Replace all tags of an object: PutObjectTagging, or DeleteObjectTagging if there are none."""
    with translated(bucket=store.bucket, key=key):
        if not tags:  # some servers refuse an empty set
            store.client.delete_object_tagging(Bucket=store.bucket, Key=key)
            return
        store.client.put_object_tagging(
            Bucket=store.bucket,
            Key=key,
            Tagging={"TagSet": [{"Key": name, "Value": value} for name, value in tags.items()]},
        )


def _correction(metadata: Mapping[str, str], tags: Mapping[str, str]) -> str:
    """Return the canonical text of a correction; one that cannot be understood equals no other."""
    try:
        return parse_correction(metadata, tags).canonical()
    except GalleriaError as error:
        return f"wrong: {error.message}"


def _try(path: Path, asked: Mapping[str, str], media_type: str) -> None:
    """Find out whether the photo would be rejected, before anything is sent.

    Raises
    ------
    GalleriaError
        It would be.
    """
    from galleria_storage.photos.photo import plan_photo  # noqa: PLC0415 # not if nothing has changed

    correction = parse_correction(asked, {})
    if correction and is_correctable(media_type):
        with LocalContent(path).open() as stream:
            plan_photo(FileSource(stream), correction, media_type)


def _no_photo(facts: Facts) -> str:
    if facts.media is None:
        return "it is not a photo"
    return f"it is {facts.media.media_type}, which is published only if PASS_THROUGH_TYPES lists it (--also)"
