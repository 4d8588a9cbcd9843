"""Tests in both byte orders (apart from `photos`, which the fuzzer uses without pytest)."""

import pytest

from tests.support.photos import BIG, LITTLE

#: For tests that take the byte order of a block.
ORDERS = pytest.mark.parametrize("order", [LITTLE, BIG], ids=["little-endian", "big-endian"])
