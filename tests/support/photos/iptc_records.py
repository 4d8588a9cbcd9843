"""IPTC records that tests build (IIM 4.2, 1.5: the datasets of record 2)."""


def dataset(number: int, data: bytes) -> bytes:
    return bytes([0x1C, 2, number]) + len(data).to_bytes(2, "big") + data
