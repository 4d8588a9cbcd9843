"""Checksums that boto3 does not compare are compared here: no byte changes on its way unnoticed."""

from base64 import b64encode
from typing import Any

import pytest
from anycrc import Model

from galleria_storage.errors import IntegrityError
from galleria_storage.s3.objects import ObjectStore, ObjectStream
from galleria_storage.s3.profiles import AWS
from galleria_storage.transfer.content import Content
from galleria_storage.transfer.object_source import source_of
from galleria_storage.transfer.received import ReceivedCrc, crc_to_check
from tests.support.fakes.fake_s3 import Body, FakeS3

MIB = 1 << 20
DATA = bytes(range(256)) * 12_288  # 3 MiB
#: Of `123456789`: the check values of the CRC catalogue.
NINE = {"ChecksumCRC64NVME": "AE8B14860A799888", "ChecksumCRC32C": "E3069283"}


def in_base64(value: str) -> str:
    return b64encode(bytes.fromhex(value)).decode()


def check_of(answer: dict[str, Any]) -> ReceivedCrc | None:
    about = {"ETag": '"e"', "ContentLength": 9, "Body": Body(b"123456789", None)}
    return crc_to_check(ObjectStream("staging", "a.jpg", {**about, **answer}).checksums)


@pytest.mark.parametrize("name", NINE)
def test_both_checksums_are_those_of_the_catalogue(name: str) -> None:
    crc = check_of({name: in_base64(NINE[name]), "ChecksumType": "FULL_OBJECT"})
    assert crc
    crc.update(memoryview(b"1234"))
    crc.update(memoryview(b"56789"))
    crc.check("staging", "a.jpg")
    crc.update(memoryview(b"0"))
    with pytest.raises(IntegrityError, match="differs"):
        crc.check("staging", "a.jpg")


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"ChecksumCRC32": "y/Q5Jg=="},
        {"ChecksumCRC32C": "4waSgw==", "ChecksumType": "COMPOSITE"},
        {"ChecksumCRC32C": "4waSgw==-3"},
    ],
    ids=["none", "one that boto3 compares", "of parts", "of parts, as older objects have it"],
)
def test_what_cannot_be_compared_or_is_compared_elsewhere_is_left_alone(answer: dict[str, Any]) -> None:
    assert check_of(answer) is None


class Altering(FakeS3):
    """A provider that sends a checksum, and perhaps not the bytes that it belongs to."""

    def __init__(self, sent: bytes) -> None:
        super().__init__()
        self.sent = sent
        self.store("staging", "a", DATA)

    def get_object(self, **arguments: Any) -> dict[str, Any]:
        answer = super().get_object(**arguments)
        if "Range" in arguments:
            return answer
        return {
            **answer,
            "Body": Body(self.sent, self.director.cut(len(self.sent))),
            "ContentLength": len(self.sent),
            "ChecksumCRC64NVME": b64encode(self.crc).decode(),
            "ChecksumType": "FULL_OBJECT",
        }

    @property
    def crc(self) -> bytes:
        value: int = Model("CRC64-NVME").calc(DATA)
        return value.to_bytes(8, "big")


def read_all(s3: Altering, whole: int) -> bytes:
    client: Any = s3
    store = ObjectStore(client, "staging", AWS)
    with source_of(store, store.open("a"), whole) as source:
        content = Content(source)
        if content.in_memory:
            return bytes(content.whole())
        found = bytearray(content.size)
        for at in range(0, len(found), MIB):
            content.fill(memoryview(found)[at : at + MIB])
        return bytes(found)


@pytest.mark.parametrize("whole", [16 * MIB, 0])
def test_bytes_that_fit_their_checksum_are_taken(whole: int) -> None:
    assert read_all(Altering(DATA), whole) == DATA


@pytest.mark.parametrize("whole", [16 * MIB, 0])
def test_the_checksum_is_compared_across_a_read_that_broke_off(whole: int) -> None:
    s3 = Altering(DATA)
    cuts = [MIB + 5]
    s3.director.cut = lambda _size: cuts.pop() if cuts else None  # type: ignore[method-assign] # one bad network
    assert read_all(s3, whole) == DATA
    spoilt = Altering(b"x" + DATA[1:])
    cuts.append(MIB + 5)
    spoilt.director.cut = s3.director.cut  # type: ignore[method-assign] # the same
    with pytest.raises(IntegrityError, match="CRC64NVME"):
        read_all(spoilt, whole)


@pytest.mark.parametrize("whole", [16 * MIB, 0])
@pytest.mark.parametrize("sent", [DATA[:-1], DATA[1:], DATA[:-1] + b"x"], ids=["shortened", "beheaded", "altered"])
def test_an_answer_that_is_wrong_in_itself_is_noticed(whole: int, sent: bytes) -> None:
    """Its Content-Length says the same as its body."""
    with pytest.raises(IntegrityError, match="CRC64NVME"):
        read_all(Altering(sent), whole)
