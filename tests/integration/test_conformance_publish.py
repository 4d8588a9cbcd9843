"""The publish protocol on every server: exactly one correct copy, whatever the server ignores, loses or breaks off."""

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest
from botocore.exceptions import ClientError

from galleria_storage.corrections.correction import parse_correction
from galleria_storage.errors import ProviderError, RefusedKeyError, UnsupportedFormatError
from galleria_storage.photos.photo import correct_bytes
from galleria_storage.publishing.outcome import Outcome
from galleria_storage.transfer.copying import copies_safely
from galleria_storage.transfer.sizes import Sizes
from tests.support.corrections.language import TWO_HOURS_BACK
from tests.support.photos.camera_files import with_afcp
from tests.support.photos.jpegs import TAKEN, capture, image_data, photo
from tests.support.servers.bucket_names import bucket_name
from tests.support.servers.gallery import Gallery
from tests.support.servers.wire import Exchange, Fault, proxied

MIB = 1 << 20
CORRECTED = ("2024:06:15 10:30:45", "+02:00")


def test_a_new_photo_is_published_with_its_time_corrected_and_its_picture_untouched(gallery: Gallery) -> None:
    original = photo()
    key = gallery.put("new.jpg", original, TWO_HOURS_BACK)
    outcome = gallery.publisher().publish(key)
    copy = gallery.copy(key)
    assert (outcome.status, capture(copy)) == ("published", CORRECTED)
    assert image_data(copy) == image_data(original)
    assert outcome.sha256 == sha256(copy).hexdigest()
    assert gallery.s3.head_object(Bucket=gallery.buckets.public, Key=key)["ContentType"] == "image/jpeg"


def test_a_photo_without_a_correction_is_published_byte_for_byte(gallery: Gallery) -> None:
    original = photo()
    key = gallery.put("as-it-is.jpg", original)
    assert gallery.publisher().publish(key).status == "published"
    assert gallery.copy(key) == original


def test_a_second_event_finds_a_duplicate_and_writes_nothing(gallery: Gallery) -> None:
    key = gallery.put("twice.jpg", photo(), TWO_HOURS_BACK)
    publisher = gallery.publisher()
    publisher.publish(key)
    before = gallery.s3.head_object(Bucket=gallery.buckets.public, Key=key)
    with proxied(gallery.server.endpoint) as wire:
        assert gallery.publisher(public=wire.endpoint).publish(key).status == "duplicate"
        assert wire.names() == ["HEAD"]
    after = gallery.s3.head_object(Bucket=gallery.buckets.public, Key=key)
    assert (after["ETag"], after["LastModified"]) == (before["ETag"], before["LastModified"])


def test_a_changed_photo_replaces_its_copy(gallery: Gallery) -> None:
    publisher = gallery.publisher()
    publisher.publish(gallery.put("changed.jpg", photo(seed=1)))
    key = gallery.put("changed.jpg", newer := photo(seed=2))
    outcome = publisher.publish(key)
    assert (outcome.status, outcome.replaced, gallery.copy(key)) == ("published", True, newer)


def test_a_photo_is_published_and_replaced_in_a_bucket_that_keeps_versions(gallery: Gallery) -> None:
    bucket = bucket_name("versioned")
    gallery.s3.create_bucket(Bucket=bucket)
    try:
        gallery.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    except ClientError as error:
        pytest.skip(f"{gallery.server.name}: keeps no versions ({error.response['Error']['Code']})")
    publisher = gallery.publisher()
    publisher.public.bucket = bucket
    for seed in (1, 2):
        key = gallery.put("version.jpg", original := photo(seed=seed))
        assert publisher.publish(key).status == "published"
        assert gallery.s3.get_object(Bucket=bucket, Key=key)["Body"].read() == original
    assert publisher.publish(key).status == "duplicate"


def test_a_changed_correction_publishes_again(gallery: Gallery) -> None:
    publisher, original = gallery.publisher(), photo()
    key = gallery.put("again.jpg", original)
    publisher.publish(key)
    gallery.put("again.jpg", original, TWO_HOURS_BACK)
    assert publisher.publish(key).status == "published"
    assert capture(gallery.copy(key)) == CORRECTED


def test_a_tag_corrects_a_photo_that_is_published_already(gallery: Gallery) -> None:
    if gallery.server.name in {"swift", "rclone"}:
        pytest.skip(f"{gallery.server.name}: has no object tags")
    publisher = gallery.publisher()
    key = gallery.put("tagged.jpg", photo(), {"target-timezone": "Asia/Tokyo"})
    publisher.publish(key)
    assert capture(gallery.copy(key)) == (TAKEN, "+09:00")
    tags = [{"Key": name, "Value": value} for name, value in TWO_HOURS_BACK.items()]
    gallery.s3.put_object_tagging(Bucket=gallery.buckets.staging, Key=key, Tagging={"TagSet": tags})  # type: ignore[typeddict-item] # a list of tags
    assert publisher.publish(key).status == "published"
    assert capture(gallery.copy(key)) == CORRECTED
    assert publisher.publish(key).status == "duplicate"


@pytest.mark.parametrize(
    "name",
    [
        "with space.jpg",
        "a+b.jpg",
        "100%.jpg",
        "a%20b.jpg",
        "%2Fetc.jpg",
        "🌅 å.jpg",
        "a//b.jpg",
        "#?&=;.jpg",
        "~'()!*.jpg",
    ],
)
def test_a_key_may_hold_any_character(gallery: Gallery, name: str) -> None:
    original = photo()
    try:
        key = gallery.put(name, original, TWO_HOURS_BACK)
    except ClientError as error:
        pytest.skip(f"{gallery.server.name}: takes no key {name!r} itself ({error.response['Error']['Code']})")
    publisher = gallery.publisher()
    assert [publisher.publish(key).status for _ in range(2)] == ["published", "duplicate"]
    assert capture(gallery.copy(key)) == CORRECTED
    assert len(gallery.copies()) == 1


def check_whole(gallery: Gallery, name: str, original: bytes, sizes: Sizes | None = None) -> Outcome:
    """Publish a big photo and look at every byte of its copy."""
    key = gallery.put(name, original, TWO_HOURS_BACK)
    outcome = gallery.publisher(sizes=sizes).publish(key)
    copy = gallery.copy(key)
    assert (outcome.status, capture(copy)) == ("published", CORRECTED)
    assert image_data(copy) == image_data(original)
    assert gallery.unfinished() == []
    return outcome


def test_a_big_photo_is_published_in_parts(gallery: Gallery) -> None:
    outcome = check_whole(gallery, "big.jpg", photo(size=20 * MIB))
    assert outcome.sha256 == sha256(gallery.copy(outcome.key)).hexdigest()


def test_the_tail_of_a_very_big_photo_is_copied_by_the_provider_where_that_is_safe(gallery: Gallery) -> None:
    if not copies_safely(gallery.profile, "copied.jpg"):
        pytest.skip(f"{gallery.server.name}: its profile {gallery.profile.name} does not rely on copying")
    outcome = check_whole(gallery, "copied.jpg", photo(size=Sizes().copied))
    assert outcome.bytes_out < Sizes().copied / 4


@pytest.mark.parametrize("copied", [6 * MIB, 10**9], ids=["copied between", "streamed"])
def test_a_photo_changes_at_both_ends_wherever_its_parts_are_cut(gallery: Gallery, copied: int) -> None:
    original = with_afcp(photo(size=17 * MIB), {b"IPTC": b"title", b"Nail": bytes(range(256))})
    key = gallery.put("both-ends.jpg", original, TWO_HOURS_BACK)
    sizes = Sizes(whole=MIB, part=10 * MIB, copied=copied)
    outcome = gallery.publisher(sizes=sizes).publish(key)
    copies = copied < len(original) and copies_safely(gallery.profile, key)
    assert gallery.copy(key) == correct_bytes(original, parse_correction(TWO_HOURS_BACK, {}))
    assert (outcome.status, outcome.bytes_copied > 0) == ("published", copies)
    assert outcome.bytes_out + outcome.bytes_copied == len(gallery.copy(key))


def test_a_percent_sign_in_its_name_lets_no_photo_be_taken_for_another(gallery: Gallery) -> None:
    """Ceph 16 decodes the source of a copy twice: `a%20b` would fetch `a b`, and `100%.jpg` would stop its gateway."""
    copied = Sizes(whole=MIB, part=5 * MIB, copied=6 * MIB)
    gallery.put("a b.jpg", photo(size=7 * MIB, seed=2))
    for name in ("a%20b.jpg", "100%.jpg"):
        check_whole(gallery, name, photo(size=7 * MIB, seed=1), copied)


def test_a_photo_that_was_deleted_meanwhile_is_gone_and_no_error(gallery: Gallery) -> None:
    outcome = gallery.publisher().publish(gallery.key("deleted.jpg"))
    assert (outcome.status, gallery.copies()) == ("gone", [])


@pytest.mark.parametrize("body", [b"", b"<html><script>alert(1)</script></html>", b"%PDF-1.7", b"PK\x03\x04"])
def test_what_is_not_a_photo_is_rejected_and_never_public(gallery: Gallery, body: bytes) -> None:
    key = gallery.put("photo.jpg", body, ContentType="image/jpeg")
    with pytest.raises(UnsupportedFormatError):
        gallery.publisher().publish(key)
    assert gallery.copies() == []


def test_a_key_that_the_provider_does_not_take_is_rejected_and_any_other_is_published(gallery: Gallery) -> None:
    """SeaweedFS keeps names of at most 255 bytes between two slashes."""
    key = gallery.key("a" * 300 + ".jpg")
    if gallery.server.name == "seaweedfs":
        with pytest.raises(RefusedKeyError, match="the provider keeps no object under this key"):
            gallery.store(gallery.buckets.public).put(key, b"x", {}, None)
        return
    gallery.s3.put_object(Bucket=gallery.buckets.staging, Key=key, Body=photo())
    assert gallery.publisher().publish(key).status == "published"


def test_a_public_bucket_that_does_not_exist_is_named(gallery: Gallery) -> None:
    publisher = gallery.publisher()
    publisher.public.bucket = "no-such-bucket-here"
    with pytest.raises(ProviderError, match="no-such-bucket-here"):
        publisher.publish(gallery.put("lost.jpg", photo()))


def test_eight_events_at_once_give_one_right_copy(gallery: Gallery) -> None:
    key = gallery.put("race.jpg", original := photo(size=300_000), TWO_HOURS_BACK)
    publishers = [gallery.publisher() for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda publisher: publisher.publish(key), publishers))
    assert {outcome.status for outcome in outcomes} <= {"published", "duplicate"}
    assert "published" in {outcome.status for outcome in outcomes}
    assert (gallery.copies(), capture(gallery.copy(key))) == ([key], CORRECTED)
    assert image_data(gallery.copy(key)) == image_data(original)


class Once:
    """Spoil the first exchange with this method."""

    def __init__(self, fault: Fault, method: str) -> None:
        self.fault, self.method, self.done = fault, method, False

    def __call__(self, exchange: Exchange) -> Fault | None:
        if self.done or exchange.method != self.method:
            return None
        self.done = True
        return self.fault


@pytest.mark.parametrize("fault", ["refuse", "lose"])
@pytest.mark.parametrize("size", [20_000, 20 * MIB], ids=["whole", "in-parts"])
def test_a_write_that_fails_or_whose_answer_is_lost_still_gives_one_copy(
    gallery: Gallery, fault: Fault, size: int
) -> None:
    key = gallery.put("spoilt.jpg", original := photo(size=size), TWO_HOURS_BACK)
    with proxied(gallery.server.endpoint) as wire:
        wire.fault = Once(fault, "PUT")
        outcome = gallery.publisher(public=wire.endpoint).publish(key)
        assert wire.fault.done
    assert outcome.status == "published"
    assert image_data(gallery.copy(key)) == image_data(original)
    assert gallery.unfinished() == []


def test_a_completion_whose_answer_is_lost_still_gives_one_copy(gallery: Gallery) -> None:
    key = gallery.put("complete.jpg", original := photo(size=20 * MIB), TWO_HOURS_BACK)
    spoilt = []

    def lose_the_first_completion(exchange: Exchange) -> Fault | None:
        if exchange.name == "POST uploadId" and not spoilt:
            spoilt.append(exchange)
            return "lose"
        return None

    with proxied(gallery.server.endpoint) as wire:
        wire.fault = lose_the_first_completion
        outcome = gallery.publisher(public=wire.endpoint).publish(key)
    assert (outcome.status, len(spoilt)) == ("published", 1)
    assert image_data(gallery.copy(key)) == image_data(original)
    assert gallery.unfinished() == []


def test_a_read_that_breaks_off_goes_on_where_it_stopped(gallery: Gallery) -> None:
    size = 6 * MIB
    key = gallery.put("broken.jpg", original := photo(size=size), TWO_HOURS_BACK)
    with proxied(gallery.server.endpoint) as wire:
        wire.fault = Once("cut", "GET")
        assert gallery.publisher(staging=wire.endpoint).publish(key).status == "published"
        reads = [exchange for exchange in wire.exchanges if exchange.name == "GET" and exchange.received > 1]
    assert image_data(gallery.copy(key)) == image_data(original)
    assert len(reads) == 2
    assert reads[1].headers["range"].startswith("bytes=")
    assert wire.received() < size * 1.1
