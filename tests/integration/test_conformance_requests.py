"""How few requests a photo costs, counted on the wire in front of every server."""

from collections.abc import Iterator

import pytest

from galleria_storage.errors import UnsupportedFormatError
from galleria_storage.transfer.copying import copies_safely
from galleria_storage.transfer.sizes import Sizes
from tests.support.photos.jpegs import photo
from tests.support.servers.gallery import Gallery
from tests.support.servers.wire import Wire, proxied

MIB = 1 << 20
CORRECTION = {"timestamp-offset-hours": "-2"}
#: How much of an unwanted body the socket's and the library's buffers may take.
BUFFERED = 6 * MIB


@pytest.fixture
def wires(gallery: Gallery) -> Iterator[tuple[Wire, Wire]]:
    """In front of staging, and in front of the public bucket."""
    with proxied(gallery.server.endpoint) as staging, proxied(gallery.server.endpoint) as public:
        yield staging, public


def publish(gallery: Gallery, wires: tuple[Wire, Wire], key: str) -> str:
    """Publish with a publisher that has learnt by a photo before what the provider refuses (Swift: conditions)."""
    staging, public = wires
    publisher = gallery.publisher(staging=staging.endpoint, public=public.endpoint)
    publisher.publish(gallery.put("before.jpg", photo(seed=1)))
    for wire in wires:
        wire.exchanges.clear()
    return publisher.publish(key).status


def tags(gallery: Gallery) -> list[str]:
    """The request for tags, since no server gives their number as 0 (Swift has none, as was learnt before)."""
    return [] if gallery.server.name in {"swift", "rclone"} else ["GET tagging"]


def look_back(gallery: Gallery) -> list[str]:
    """What step 6 asks of staging, where the condition of step 5 proves nothing."""
    return [] if gallery.profile.preconditions else ["HEAD", *tags(gallery)]


def test_a_new_photo_costs_four_requests(gallery: Gallery, wires: tuple[Wire, Wire]) -> None:
    key = gallery.put("new.jpg", photo(size=MIB), CORRECTION)
    assert publish(gallery, wires, key) == "published"
    staging, public = wires
    assert public.names() == ["HEAD", "PUT"]
    assert staging.names() == ["GET", *tags(gallery), *look_back(gallery)]
    assert MIB < staging.received() < MIB * 1.1
    assert MIB < public.sent() < MIB * 1.1


def test_a_duplicate_costs_three_small_requests_and_no_body(gallery: Gallery, wires: tuple[Wire, Wire]) -> None:
    key = gallery.put("again.jpg", photo(size=24 * MIB), CORRECTION)
    assert publish(gallery, wires, key) == "published"
    assert publish(gallery, wires, key) == "duplicate"
    staging, public = wires
    assert (public.names(), staging.names()) == (["HEAD"], ["HEAD", *tags(gallery)])
    assert staging.received() < 1000


def test_a_very_big_photo_passes_through_in_one_part_where_the_provider_copies(
    gallery: Gallery, wires: tuple[Wire, Wire]
) -> None:
    if not copies_safely(gallery.profile, "copied.jpg"):
        pytest.skip(f"{gallery.server.name}: its profile {gallery.profile.name} does not rely on copying")
    key = gallery.put("copied.jpg", photo(size=Sizes().copied), CORRECTION)
    assert publish(gallery, wires, key) == "published"
    assert sum(wire.received() for wire in wires) < Sizes().copied / 4
    assert sum(wire.sent() for wire in wires) < Sizes().copied / 4


def test_a_rejected_file_costs_no_body(gallery: Gallery, wires: tuple[Wire, Wire]) -> None:
    key = gallery.put("page.jpg", b"<html>" + bytes(24 * MIB))
    with pytest.raises(UnsupportedFormatError):
        publish(gallery, wires, key)
    staging, public = wires
    assert (public.names(), staging.names()) == (["HEAD"], ["GET", *tags(gallery)])
    assert staging.received() < BUFFERED


def test_nothing_is_ever_written_to_staging_or_listed(gallery: Gallery, wires: tuple[Wire, Wire]) -> None:
    key = gallery.put("big.jpg", photo(size=20 * MIB), CORRECTION)
    assert publish(gallery, wires, key) == "published"
    staging, public = wires
    assert {exchange.method for exchange in staging.exchanges} <= {"GET", "HEAD"}
    assert not [name for name in staging.names() + public.names() if "list-type" in name]


def test_no_secret_and_no_trailing_checksum_goes_over_the_wire(gallery: Gallery, wires: tuple[Wire, Wire]) -> None:
    publish(gallery, wires, gallery.put("a.jpg", photo(), CORRECTION))
    for wire in wires:
        for exchange in wire.exchanges:
            assert f"'{gallery.server.secret_key}'" not in str(exchange)
            assert "aws-chunked" not in exchange.headers.get("content-encoding", "")
