"""Tests in both byte orders (apart from `camera_files`, which the fuzzer uses without pytest)."""

import pytest

from tests.support.photos.camera_files import BIG, LITTLE

#: For tests that take the byte order of a block.
ORDERS = pytest.mark.parametrize("order", [LITTLE, BIG], ids=["little-endian", "big-endian"])
