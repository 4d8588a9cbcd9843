"""Writing a large object whose unchanged ranges the provider copies, wherever they are.

Only what changes passes through here, widened to the smallest part that S3
accepts. The price: nobody here sees the rest, so the SHA-256 of the whole stays
unknown.
"""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from galleria_storage.errors import NotFoundError, PreconditionFailedError, ProviderError, ThrottledError
from galleria_storage.s3.objects import Condition, ObjectInfo, ObjectStore, Stored
from galleria_storage.s3.profiles import ProviderProfile
from galleria_storage.transfer.content import Content, fill_from
from galleria_storage.transfer.multipart import MultipartUpload, send_bytes
from galleria_storage.transfer.object_source import ObjectSource
from galleria_storage.transfer.proof import WrongContentError, algorithm_of_parts
from galleria_storage.transfer.sizes import MAX_PARTS, Sizes, part_size

#: How many bytes at the end of a copied run are compared with the source.
_COMPARED = 16 * 1024


class CopyRefusedError(PreconditionFailedError):
    """The provider refuses to copy: start again, and stream."""


class SentPart(NamedTuple):
    """A part that passes through here.

    Attributes
    ----------
    pieces
        New bytes, and ranges of the source.
    """

    pieces: tuple[bytes | range, ...]

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(map(len, self.pieces))


def copies_safely(profile: ProviderProfile, key: str) -> bool:
    """Whether the provider copies the right bytes, and refuses if the source has changed.

    Some servers decode a key with a percent sign twice (measured on Ceph 16.2)
    and then copy another object, so such an object is streamed.
    """
    safe = profile.part_copy and profile.copy_source_if_match == "honoured"
    return safe and not profile.equal_parts and "%" not in key


def lay_out(pieces: Iterable[bytes | range], sizes: Sizes) -> list[SentPart | range]:
    """Cut pieces into parts that are sent and ranges that are copied.

    Every part but the last has at least `sizes.least` bytes: what is sent is
    widened by what follows it, and a range too short to be copied is sent.
    """
    size = sum(map(len, pieces := list(pieces)))
    step = part_size(size, sizes.step, MAX_PARTS // 2)
    parts: list[SentPart | range] = []
    waiting: list[bytes | range] = []
    done = 0
    for piece in pieces:
        done += len(piece)
        if isinstance(piece, bytes):
            waiting.append(piece)
            continue
        wider = max(sizes.least - sum(map(len, waiting)), 0) if waiting else 0
        rest = piece[wider:]
        if len(rest) < sizes.least and not (rest and done == size):
            waiting.append(piece)
            continue
        parts.extend(_sent([*waiting, piece[:wider]], sizes))
        parts.extend(range(*pair) for pair in pairwise(_bounds(rest.start, rest.stop, step, sizes.least)))
        waiting = []
    return parts + list(_sent(waiting, sizes))


def put_and_copy(  # noqa: PLR0917 # what a write needs
    store: ObjectStore,
    key: str,
    content: Content,
    headers: Mapping[str, Any],
    condition: Condition,
    parts: list[SentPart | range],
) -> int:
    """Send what changes, let the provider copy the rest, and verify the ends of what it copied.

    Parameters
    ----------
    parts
        Of the content, from `lay_out`.

    Returns
    -------
    int
        How many bytes the provider copied.

    Raises
    ------
    PreconditionFailedError
        The condition no longer holds, or the source changed.
    CopyRefusedError
        The provider does not copy.
    WrongContentError
        Something else was stored.
    """
    source = content.source
    upload = MultipartUpload(store, key, headers, algorithm_of_parts(store.profile))
    try:
        for number, part in enumerate(parts, 1):
            upload.parts.append(_pass_on(upload, number, part, source))
        etag = upload.complete(content.size, condition)
    except BaseException:
        upload.abort()
        raise
    _verify_ends(store, ObjectInfo(key, content.size, etag, {}), parts, source)
    return sum(len(part) for part in parts if isinstance(part, range))


def _sent(pieces: Iterable[bytes | range], sizes: Sizes) -> Iterable[SentPart]:
    """Cut what is to be sent into as few parts of similar size as memory allows."""
    left = [piece for piece in pieces if piece]
    size = sum(map(len, left))
    for start, stop in pairwise(_bounds(0, size, sizes.part, sizes.least)):
        part: list[bytes | range] = []
        wanted = stop - start
        while wanted:
            piece = left.pop(0)
            part.append(piece[:wanted])
            if len(piece) > wanted:
                left.insert(0, piece[wanted:])
            wanted -= len(part[-1])
        yield SentPart(tuple(part))


def _bounds(start: int, stop: int, largest: int, least: int) -> list[int]:
    """Cut the range between two positions into as few steps of similar size as the limits allow."""
    size = stop - start
    count = min(-(-size // largest), max(size // least, 1))
    return [start + size * number // count for number in range(count + 1)] if size else []


def _pass_on(upload: MultipartUpload, number: int, part: SentPart | range, source: ObjectSource) -> Stored:
    if isinstance(part, SentPart):
        return _send(upload, number, part, source)
    return _copy(upload, number, part, source)


def _send(upload: MultipartUpload, number: int, part: SentPart, source: ObjectSource) -> Stored:
    with source.bodies.body_of(part.size) as body:
        with memoryview(body) as view:
            done = 0
            for piece in part.pieces:
                fill_from(source, piece, view[done : done + len(piece)])
                done += len(piece)
        source.close_stream()
        return send_bytes(upload, number, body)


def _copy(upload: MultipartUpload, number: int, span: range, source: ObjectSource) -> Stored:
    source.close_stream()
    try:
        return upload.copy(number, (source.store.bucket, source.info), span)
    except (PreconditionFailedError, ThrottledError, WrongContentError):
        raise
    except ProviderError as error:
        raise CopyRefusedError(error.message, bucket=error.bucket, key=error.key) from error


def _verify_ends(store: ObjectStore, written: ObjectInfo, parts: list[SentPart | range], source: ObjectSource) -> None:
    """Compare the end of each copied run with the source: a copy of the wrong bytes ends differently."""
    position = 0
    for part, following in pairwise([*parts, None]):
        if isinstance(part, SentPart) or part is None:
            position += part.size if part else 0
            continue
        position += len(part)
        if isinstance(following, range):
            continue  # the run continues
        count = min(_COMPARED, len(part))
        expected = source.read(part.stop - count, count)
        try:
            with store.open(written.key, position - count, written.etag, position) as stream:
                if stream.info.etag != written.etag:
                    return
                found = bytearray(count)
                stream.fill(memoryview(found))
        except (NotFoundError, PreconditionFailedError):
            return  # somebody else has replaced it already, and verifies their own object
        if found != expected:
            raise WrongContentError(store, written.key, "a copied part does not end like the original", written.etag)
