"""Photos of every format take the same three requests, and the provider copies what does not change of large ones."""

from dataclasses import replace

import pytest

from galleria_storage.corrections.correction import parse_correction
from galleria_storage.photos.photo import correct_bytes
from galleria_storage.transfer.sizes import Sizes
from tests.support.fakes.gallery import FakeGallery
from tests.support.photos.every_format import samples

ASKED = {"corrected-timestamp": "2024-06-15T10:30:45", "target-timezone-offset-hours": "+02:00"}
NAMES = sorted(samples(9, offset=True))
LARGE = 1_500_000
PROOF = 1
"""The request that looks at the end of what was copied."""


@pytest.fixture
def gallery(gallery: FakeGallery) -> FakeGallery:
    types = frozenset(sample.media_type for sample in samples(9, offset=True).values())
    gallery.configure(pass_through_types=types)
    gallery.staging_profile = replace(gallery.staging_profile, object_tags=False)
    return gallery


@pytest.mark.parametrize("offset", [True, False], ids=["in place", "growing"])
@pytest.mark.parametrize("name", NAMES)
def test_a_new_photo_costs_three_requests(gallery: FakeGallery, name: str, *, offset: bool) -> None:
    sample = samples(9_000, offset=offset)[name]
    gallery.put(sample.data, ASKED)
    outcome = gallery.publish()
    assert (outcome.status, outcome.reason) == ("published", "")
    assert gallery.s3.calls == ["HeadObject", "GetObject", "PutObject"]
    assert gallery.copy().body == correct_bytes(sample.data, parse_correction(ASKED, {}))
    assert gallery.copy().body != sample.data
    assert gallery.copy().content_type == sample.media_type


@pytest.mark.parametrize("offset", [True, False], ids=["in place", "growing"])
@pytest.mark.parametrize("name", NAMES)
def test_of_a_large_one_the_provider_copies_what_stays(gallery: FakeGallery, name: str, *, offset: bool) -> None:
    gallery.copies = True
    gallery.sizes = Sizes(whole=1000, part=400_000, copied=900_000, least=100_000, step=200_000)
    sample = samples(LARGE, offset=offset)[name]
    gallery.put(sample.data, ASKED)
    outcome = gallery.publish()
    assert (outcome.status, outcome.attempts) == ("published", 1)
    assert gallery.copy().body == correct_bytes(sample.data, parse_correction(ASKED, {}))
    assert outcome.bytes_copied > LARGE / 2
    assert gallery.s3.calls.count("GetObject") <= 1 + sample.reads + PROOF
