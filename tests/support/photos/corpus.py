"""Photos of real cameras, which are not in the repository: the folder `PHOTO_CORPUS`."""

import os
from pathlib import Path

import pytest

CORPUS = Path(os.environ.get("PHOTO_CORPUS") or "../shared/photos")
#: For tests that need them.
NEEDS_CORPUS = pytest.mark.skipif(
    not CORPUS.is_dir(), reason=f"no camera files: no such folder: {CORPUS} (PHOTO_CORPUS)"
)


def camera_jpegs() -> list[Path]:
    return sorted(path for path in CORPUS.rglob("*.jp*g") if path.is_file())
