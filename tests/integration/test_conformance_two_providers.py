"""Staging at one provider, the public bucket at another, with other credentials."""

from collections.abc import Iterator

import pytest

from galleria_storage.publishing.publish_settings import PublishSettings
from galleria_storage.publishing.publisher import Publisher
from galleria_storage.s3.clients import connect
from galleria_storage.s3.discovery import identify
from galleria_storage.s3.objects import ObjectStore
from tests.support.corrections.language import TWO_HOURS_BACK as CORRECTION
from tests.support.photos.jpegs import capture, image_data, photo
from tests.support.servers import S3Server, running
from tests.support.servers.gallery import Gallery

MIB = 1 << 20


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """Where staging is: a process of its own, which shares nothing with the server under test."""
    with running("moto_server", tmp_path_factory.mktemp("elsewhere")) as server:
        server.client().create_bucket(Bucket="staging")
        yield server


@pytest.mark.parametrize("size", [20_000, 20 * MIB], ids=["whole", "in-parts"])
def test_a_photo_goes_from_one_provider_to_another(gallery: Gallery, elsewhere: S3Server, size: int) -> None:
    key, original = gallery.key("a+b c.jpg"), photo(size=size)
    elsewhere.client().put_object(Bucket="staging", Key=key, Body=original, Metadata=CORRECTION)
    settings = PublishSettings("staging", gallery.server.access(gallery.buckets.public))
    staging = identify(connect(elsewhere.access("staging")))
    source = ObjectStore(staging.client, staging.bucket, staging.profile)
    publisher = Publisher(source, gallery.store(gallery.buckets.public), settings)
    assert publisher.publish(key).status == "published"
    assert capture(gallery.copy(key)) == ("2024:06:15 10:30:45", "+02:00")
    assert image_data(gallery.copy(key)) == image_data(original)
    assert publisher.publish(key).status == "duplicate"
