"""Staging compared with the public bucket: the work of `status` and `verify`."""

from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from galleria_cli.text_table import sentences
from galleria_storage.bulk.march import KeyPair
from galleria_storage.bulk.patience import Patience
from galleria_storage.errors import GalleriaError
from galleria_storage.publishing.draft import prepare
from galleria_storage.publishing.fingerprint import FINGERPRINT, SIZE, is_ours, is_result
from galleria_storage.publishing.photo_keys import is_ignored
from galleria_storage.publishing.publish_settings import PublishSettings
from galleria_storage.publishing.wishes import Wish, Wishes
from galleria_storage.s3.objects import ObjectInfo, ObjectStore
from galleria_storage.transfer.writer import Writer

State = Literal["right", "missing", "stale", "orphan", "wrong", "rejected", "other", "ignored", "failed"]
#: States in which nothing needs to be done.
WELL: Final = frozenset({"right", "other", "ignored"})
_CHUNK: Final = 1024 * 1024


class Judged(NamedTuple):
    """The state of one key, and the reason."""

    key: str
    state: State
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Reconciling:
    """Judges keys; `one` may be called by many threads.

    Attributes
    ----------
    settings
        Those of the deployed function; with others, every copy would look stale.
    reads_bytes
        Read every original and every copy, and compare byte for byte what the copy should be with what it is.
    """

    staging: ObjectStore
    public: ObjectStore
    settings: PublishSettings
    patience: Patience
    reads_bytes: bool = False

    def one(self, pair: KeyPair) -> Judged:
        """Judge one key; if that is impossible, it is `failed`."""
        if is_ignored(pair.key, self.settings.ignored_keys):
            return Judged(pair.key, "ignored")
        try:
            return self.patience.call(lambda: self._judge(pair))
        except GalleriaError as error:
            state: State = "rejected" if error.permanent else "failed"
            return Judged(pair.key, state, sentences(error.message, error.advice))

    def _judge(self, pair: KeyPair) -> Judged:
        copy = self.public.head(pair.key) if pair.right else None
        wish = Wishes(self.staging, self.settings).look(pair.key) if pair.left else None
        if wish is not None:
            return Judged(pair.key, *self._with_original(pair.key, wish, copy))
        if copy is None or not is_ours(copy):
            return Judged(pair.key, "other", "it is not a copy of a photo")
        return Judged(pair.key, "orphan", "its original is no longer in staging")

    def _with_original(self, key: str, wish: Wish, copy: ObjectInfo | None) -> tuple[State, str]:
        if copy is None:
            self._would_be_published(key, wish)
            return "missing", "nothing is published under its key yet"
        if not is_ours(copy):
            return "wrong", "what is published under its key was not written by this service"
        if copy.metadata.get(FINGERPRINT) != wish.fingerprint:
            self._would_be_published(key, wish)
            return "stale", "the original, its correction or a setting has changed since"
        if not is_result(copy, wish.fingerprint):
            return "wrong", f"the copy has {copy.size} bytes, and {copy.metadata.get(SIZE)} were recorded"
        if self.reads_bytes and not self._same_bytes(key, wish, copy):
            return "wrong", "the copy's bytes are not what the original and its correction give"
        return "right", ""

    def _would_be_published(self, key: str, wish: Wish) -> None:
        """Raise the error for which a photo would be rejected."""
        with Writer(self.public).source(self.staging, self.staging.open(key)) as source:
            prepare(source, wish.correction, self.settings)

    def _same_bytes(self, key: str, wish: Wish, copy: ObjectInfo) -> bool:
        with Writer(self.public).source(self.staging, self.staging.open(key, if_match=wish.info.etag)) as source:
            content = prepare(source, wish.correction, self.settings).content
            if content.size != copy.size:
                return False
            buffer = bytearray(min(_CHUNK, max(content.size, 1)))
            while content.left:
                content.fill(memoryview(buffer)[: min(len(buffer), content.left)])
            expected = content.sha256
        with self.public.open(key, if_match=copy.etag) as stream:
            return stream.sha256() == expected
