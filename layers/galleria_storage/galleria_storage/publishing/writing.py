"""What is to be written into the public bucket, and what was."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from galleria_storage.publishing.draft import Draft
from galleria_storage.s3.objects import Condition

MIB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Sizes:
    """Where one way of writing ends and the next begins, in bytes.

    Attributes
    ----------
    whole
        The largest object that is held in memory and written with one
        PutObject, its SHA-256 recorded on it.
    part
        Size of the parts as long as 10,000 suffice. Two are in memory at a
        time: 21 MB, so that all of a photo in parts fits into 24 MB.
    copied
        From this size on the provider copies the tail, where it can.
    first
        What is sent of such an object: the smallest part that S3 takes (more if its head is longer).
    step
        One copy by the provider: few requests, each well within a read timeout.
    """

    whole: int = 16 * MIB
    part: int = 10 * MIB
    copied: int = 64 * MIB
    first: int = 5 * MIB
    step: int = 128 * MIB


@dataclass(frozen=True, slots=True)
class Publication:
    """What is to be written.

    Attributes
    ----------
    key
        Under which key.
    draft
        The content.
    headers
        Arguments of PutObject or CreateMultipartUpload: ContentType, Metadata…
    condition
        What must still hold of the key.
    """

    key: str
    draft: Draft
    headers: Mapping[str, Any]
    condition: Condition


@dataclass(frozen=True, slots=True)
class Written:
    """What was written and verified.

    Attributes
    ----------
    conditional
        Whether the provider is known to have obeyed the condition.
    bytes_out
        Bytes that were sent.
    bytes_copied
        Bytes that the provider copied itself.
    """

    conditional: bool
    bytes_out: int
    bytes_copied: int = 0
