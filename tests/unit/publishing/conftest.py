"""A gallery in memory for every test that asks for one."""

import pytest

from tests.support.fakes.gallery import FakeGallery


@pytest.fixture
def gallery() -> FakeGallery:
    return FakeGallery()
