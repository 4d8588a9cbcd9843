"""Names of the buckets that tests make: no two runs, no two workers of a run, and no user share one."""

import re
import uuid
from typing import Final

#: Of this process: pytest-xdist's workers are processes of their own.
RUN: Final = uuid.uuid4().hex[:12]
_OURS: Final = re.compile(rf"[a-z-]+-{RUN}-[0-9a-f]{{8}}")


def bucket_name(purpose: str) -> str:
    """Return a new name that begins with what the bucket is for."""
    return f"{purpose}-{RUN}-{uuid.uuid4().hex[:8]}"


def is_ours(name: str) -> bool:
    """Whether this process made up the name."""
    return bool(_OURS.fullmatch(name))
