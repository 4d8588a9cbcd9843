"""What is to be written into the public bucket, and what was."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from galleria_storage.publishing.draft import Draft
from galleria_storage.s3.objects import Condition


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
