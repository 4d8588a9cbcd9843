"""A file that replaces an object that others keep changing: it is tried again, and given up after a few attempts."""

import pytest

from galleria_storage.errors import PreconditionFailedError
from galleria_storage.s3.objects import ObjectStore
from galleria_storage.s3.profiles import PROFILES
from galleria_storage.transfer.file_upload import read_digests, upload
from galleria_storage.transfer.local_content import LocalContent
from galleria_storage.transfer.proof import Proof
from tests.support.fakes.directing import Calm, refuse
from tests.support.fakes.fake_s3 import FakeS3

ATTEMPTS = 4


class Rivals(Calm):
    """Before each of the first so many writes, somebody else writes something new."""

    def __init__(self, writes: int, content: bytes = b"rival %d") -> None:
        self.s3 = FakeS3(director=self)
        self._writes = writes
        self._content = content

    def before(self, operation: str, bucket: str) -> None:
        if operation == "PutObject" and self._writes:
            self._writes -= 1
            self.s3.store(bucket, "a.jpg", self._content.replace(b"%d", b"%d" % self._writes))


def uploaded(rivals: Rivals) -> bool:
    """Upload, and return whether that was left out."""
    return upload(ObjectStore(rivals.s3, "b", PROFILES["aws"]), b"ours", "a.jpg").skipped  # type: ignore[arg-type]


def test_a_write_that_others_overtake_is_repeated_until_it_succeeds() -> None:
    rivals = Rivals(ATTEMPTS - 1)
    assert not uploaded(rivals)
    assert rivals.s3.objects["b", "a.jpg"].body == b"ours"
    assert rivals.s3.calls.count("PutObject") == ATTEMPTS


def test_after_the_last_attempt_the_upload_gives_up() -> None:
    rivals = Rivals(ATTEMPTS)
    with pytest.raises(PreconditionFailedError):
        uploaded(rivals)
    assert rivals.s3.calls.count("PutObject") == ATTEMPTS


def test_the_same_content_from_somebody_else_is_left_alone() -> None:
    rivals = Rivals(ATTEMPTS, b"ours")
    assert not uploaded(rivals)
    assert rivals.s3.calls.count("PutObject") == 1


class Closed(Calm):
    """No object may be read, as with credentials that may only write."""

    def before(self, operation: str, bucket: str) -> None:  # noqa: ARG002 # as a Director has it
        if operation == "HeadObject":
            refuse("AccessDenied", operation)


def test_credentials_that_may_only_write_upload_without_a_look() -> None:
    s3 = FakeS3(director=Closed())
    assert not upload(ObjectStore(s3, "b", PROFILES["aws"]), b"ours", "a.jpg").skipped  # type: ignore[arg-type]
    assert s3.objects["b", "a.jpg"].body == b"ours"


@pytest.mark.parametrize(
    ("profile", "header"), [("aws", "ChecksumSHA256"), ("seaweedfs", "ChecksumSHA256"), ("ceph", "ContentMD5")]
)
def test_a_file_carries_the_strongest_digest_that_the_provider_checks(profile: str, header: str) -> None:
    proof = Proof.of_file(PROFILES[profile], read_digests(LocalContent(b"ours")))
    assert list(proof.headers) == [header]
