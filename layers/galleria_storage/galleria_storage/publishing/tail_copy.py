"""Publishing a very large object whose tail the provider copies itself.

Only the first part passes through here, whatever the size. The price: nobody
here sees the tail, so that the SHA-256 of the whole stays unknown.
"""

from typing import Final

from galleria_storage.errors import NotFoundError, PreconditionFailedError, ProviderError, ThrottledError
from galleria_storage.publishing.draft import TAIL_BYTES
from galleria_storage.publishing.multipart import MAX_PARTS, Upload, part_size
from galleria_storage.publishing.proof import WrongContentError
from galleria_storage.publishing.writing import Publication, Sizes, Written
from galleria_storage.s3.objects import ObjectInfo, ObjectStore, Stored
from galleria_storage.s3.profiles import ProviderProfile
from galleria_storage.transfer.buffers import body_of

#: Copied parts beside the first one.
_STEPS: Final = MAX_PARTS - 1


class CopyRefusedError(PreconditionFailedError):
    """The provider does not copy after all: start again, and stream."""


def copies_safely(profile: ProviderProfile, key: str) -> bool:
    """Whether the provider copies the right bytes, and refuses to if the source has changed.

    A key with a per cent sign is decoded twice by some servers (measured on
    Ceph 16.2), which then copy another object, so that such an object is streamed.
    """
    safe = profile.part_copy and profile.copy_source_if_match == "honoured"
    return safe and not profile.equal_parts and "%" not in key


def put_and_copy(store: ObjectStore, publication: Publication, sizes: Sizes, staging: ObjectStore) -> Written | None:
    """Send the first part, let the provider copy the rest from staging, and verify the end of the result.

    Returns
    -------
    Written or None
        None if the photo's end has to change with its head, and so cannot be copied: nothing was read or written.

    Raises
    ------
    PreconditionFailedError
        The condition does not hold any more, or the source changed.
    CopyRefusedError
        The provider does not copy from staging.
    WrongContentError
        Something else was stored.
    """
    key, draft = publication.key, publication.draft
    source = draft.content.source
    end = _last_bytes(staging, source.info)
    if draft.changes_tail(end):
        return None
    with body_of(min(max(sizes.first, draft.content.buffered), draft.content.size)) as first:
        with memoryview(first) as view:
            draft.content.fill(view)
        start, info = source.position, source.info
        source.close()
        upload = Upload(store, key, publication.headers)
        try:
            upload.parts.append(upload.send(1, first, draft.content.sha256_so_far()))
            step = part_size(info.size, sizes.step, _STEPS)
            for number, position in enumerate(range(start, info.size, step), 2):
                span = range(position, min(position + step, info.size))
                upload.parts.append(_copy(upload, number, (staging.bucket, info), span))
            standing = upload.complete(draft.content.size, publication.condition)
        except BaseException:
            upload.abort()
            raise
        _verify_end(store, key, standing, draft.content.size, end)
        return Written(store.profile.complete_preconditions, len(first), info.size - start)


def _copy(upload: Upload, number: int, source: tuple[str, ObjectInfo], span: range) -> Stored:
    try:
        return upload.store.copy_part(upload.key, upload.upload_id, number, source, span)
    except (PreconditionFailedError, ThrottledError):
        raise
    except ProviderError as error:
        raise CopyRefusedError(error.message, bucket=error.bucket, key=error.key) from error


def _last_bytes(store: ObjectStore, info: ObjectInfo) -> bytes:
    """Read the last `TAIL_BYTES` bytes of an object that must not have changed."""
    start = max(0, info.size - TAIL_BYTES)
    with store.open(info.key, start, info.etag) as stream:
        if stream.info.etag != info.etag:
            raise PreconditionFailedError(f"{info.key!r} changed", bucket=store.bucket, key=info.key)
        end = bytearray(info.size - start)
        stream.fill(memoryview(end))
        return bytes(end)


def _verify_end(store: ObjectStore, key: str, etag: str, size: int, expected: bytes) -> None:
    """Compare the end of what was stored with the end of the source: a copy that went astray does not end like it."""
    try:
        found = _last_bytes(store, ObjectInfo(key, size, etag, {}))
    except (NotFoundError, PreconditionFailedError):
        return  # somebody has replaced it already: theirs to verify
    if found != expected:
        raise WrongContentError(store, key, "its end is not that of the original", etag)
