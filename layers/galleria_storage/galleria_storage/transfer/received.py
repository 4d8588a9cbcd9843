"""Checksums of received bytes that boto3 does not compare by itself: CRC-64/NVME and CRC-32C.

Amazon S3 adds the CRC-64/NVME to every object that was uploaded without a
checksum; boto3 compares it, and CRC-32C, only where the AWS Common Runtime is
installed (12 MB). `anycrc` takes 0.5 ms for 8 MiB (measured). A checksum of the
parts' checksums says nothing about a stream, and is not used.

Source: S3 User Guide, "Checking object integrity".
"""

from base64 import b64decode
from binascii import Error as NotBase64Error
from collections.abc import Callable, Mapping
from typing import Final

from galleria_storage.errors import IntegrityError

#: boto3's name of the checksum -> `anycrc`'s name of the model.
_MODELS: Final = {"ChecksumCRC64NVME": "CRC64-NVME", "ChecksumCRC32C": "CRC32C"}


class ReceivedCrc:
    """Computes a CRC of what is received, from start to end, and compares it at the end.

    Parameters
    ----------
    name
        One of those that boto3 does not compare.
    expected
        The provider's value.
    """

    def __init__(self, name: str, expected: bytes) -> None:
        from anycrc import Model  # noqa: PLC0415 # lazy: most answers have none of these

        self._name = name
        self._expected = expected
        self._calc: Callable[[memoryview, int | None], int] = Model(_MODELS[name]).calc
        self._found: int | None = None

    def update(self, data: memoryview) -> None:
        """Add what was received next."""
        self._found = self._calc(data, self._found)

    def check(self, bucket: str, key: str) -> None:
        """Compare, once everything was received.

        Raises
        ------
        IntegrityError
            Different bytes arrived than the provider stored, or too few.
        """
        found = self._calc(memoryview(b""), self._found)
        if found.to_bytes(len(self._expected), "big") != self._expected:
            algorithm = self._name.removeprefix("Checksum")
            raise IntegrityError(
                f"{key!r} in bucket {bucket!r} did not arrive as it is stored: its {algorithm} differs",
                bucket=bucket,
                key=key,
                advice="It is tried again; if it persists, upload the photo again.",
            )


def crc_to_check(checksums: Mapping[str, str]) -> ReceivedCrc | None:
    """Return the check that the checksums of a whole object allow (`ObjectStream.checksums`)."""
    for name, value in checksums.items():
        try:
            return ReceivedCrc(name, b64decode(value, validate=True))
        except NotBase64Error:  # of parts: base64, a dash and their number
            continue
    return None
