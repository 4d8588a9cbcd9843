"""What is public, for a site generator: one entry for each photo, in the order in which they were taken."""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from galleria_cli.dimensions import dimensions
from galleria_cli.rules.facts import camera_of
from galleria_storage.bulk.patience import Patience
from galleria_storage.errors import GalleriaError, NotFoundError
from galleria_storage.photos.sniff import MediaType
from galleria_storage.publishing.fingerprint import CAPTURED_AFTER, SHA256, is_ours
from galleria_storage.s3.listing import ListedObject
from galleria_storage.s3.objects import ObjectStore
from galleria_storage.transfer.writer import Writer

VERSION: Final = 1
FIELDS: Final = ("key", "url", "captured", "moment", "subsecond", "size", "width", "height", "camera", "media_type",
                 "sha256", "etag")  # fmt: skip
_CAPTURED: Final = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)(?:\.(\d+))?([+-]\d\d:\d\d)?")

Entry = dict[str, Any]


class Older(NamedTuple):
    """An older manifest, so that what it has need not be requested again.

    Attributes
    ----------
    photos
        Entries by key.
    others
        ETags of objects that are not copies of photos, by key.
    """

    photos: Mapping[str, Entry]
    others: Mapping[str, str]


NOTHING: Final = Older({}, {})


class Described(NamedTuple):
    """What is known about one object: its entry, if it is the copy of a photo."""

    key: str
    etag: str
    entry: Entry | None


@dataclass(frozen=True, slots=True)
class Describing:
    """Describes published photos; `one` may be called by many threads.

    Attributes
    ----------
    public
        The bucket.
    base_url
        Where its objects are read.
    known
        An older manifest: an object with the same ETag is not read again.
    reads_bytes
        Read a photo whose SHA-256 is not recorded.
    """

    public: ObjectStore
    base_url: str
    known: Older
    patience: Patience
    reads_bytes: bool = False

    def one(self, listed: ListedObject) -> Described:
        """Describe an object."""
        old = self.known.photos.get(listed.key)
        if old and self.reads_bytes and not old["sha256"]:
            old = None
        if old and listed.etag and (old.get("etag"), old.get("size")) == (listed.etag, listed.size):
            return Described(listed.key, listed.etag, {**old, "url": self._url(listed.key)})
        if listed.etag and self.known.others.get(listed.key) == listed.etag:
            return Described(listed.key, listed.etag, None)
        return Described(listed.key, listed.etag, self.patience.call(lambda: self._described(listed.key)))

    def _described(self, key: str) -> Entry | None:
        info = self.public.head(key)
        if info is None or not is_ours(info):
            return None
        entry: Entry = dict.fromkeys(FIELDS)
        entry |= {"key": key, "url": self._url(key), "size": info.size, "media_type": info.content_type}
        entry |= {"etag": info.etag, "sha256": info.metadata.get(SHA256)}
        entry |= _times(info.metadata.get(CAPTURED_AFTER, ""))
        try:
            with Writer(self.public).source(self.public, self.public.open(key, if_match=info.etag)) as source:
                camera, _ = camera_of(source, MediaType(info.content_type, info.content_type.startswith("image/")))
                entry["camera"] = camera or None
                if found := dimensions(source, info.content_type):
                    entry["width"], entry["height"] = found
        except NotFoundError:
            return None
        except GalleriaError as error:
            if not error.permanent:
                raise
        if self.reads_bytes and not entry["sha256"]:
            with self.public.open(key, if_match=info.etag) as stream:
                entry["sha256"] = stream.sha256().hex()
        return entry

    def _url(self, key: str) -> str:
        return f"{self.base_url.rstrip('/')}/{quote(key)}"


def base_url_of(store: ObjectStore) -> str:
    """Return where a bucket's objects are read if no other address is given."""
    return f"{store.client.meta.endpoint_url}/{store.bucket}"


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """Sort by the moment, or by local time if the offset is unknown; photos without a time come last."""
    return sorted(
        entries, key=lambda entry: (not entry["captured"], entry["moment"] or entry["captured"] or "", entry["key"])
    )


def as_json(entries: Iterable[Entry], others: Mapping[str, str], bucket: str) -> str:
    """Return the document: ``version``, ``bucket``, ``photos`` and, for the next one, ``others``."""
    document = {"version": VERSION, "bucket": bucket, "photos": list(entries), "others": dict(others)}
    return json.dumps(document, ensure_ascii=False, indent=1)


def as_csv(entries: Iterable[Entry]) -> str:
    """Return a table with a header line; what is not known is empty."""
    text = io.StringIO()
    table = csv.DictWriter(text, FIELDS, lineterminator="\n")
    table.writeheader()
    table.writerows(entries)
    return text.getvalue()


def older(document: str) -> Older:
    """Read an older manifest; if it cannot be understood, it counts as empty."""
    try:
        found = json.loads(document)
        if found.get("version") != VERSION:
            return NOTHING
        entries = {entry["key"]: entry for entry in found["photos"] if set(entry) == set(FIELDS)}
        others = {str(key): str(etag) for key, etag in found.get("others", {}).items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return NOTHING
    return Older(entries, others)


def _times(recorded: str) -> Entry:
    """Turn a recorded capture time into ISO 8601, and into the moment in UTC where the offset is known."""
    match = _CAPTURED.fullmatch(recorded)
    if not match:
        return {}
    year, month, day, clock, fraction, offset = match.groups()
    local = f"{year}-{month}-{day}T{clock}"
    end = f".{fraction}" if fraction else ""
    try:
        moment = datetime.fromisoformat(f"{local}{offset}").astimezone(UTC) if offset else None
    except (ValueError, OverflowError):
        return {}
    return {
        "captured": f"{local}{end}{offset or ''}",
        "moment": f"{moment:%Y-%m-%dT%H:%M:%S}{end}Z" if moment else None,
        "subsecond": fraction,
    }
