"""IPTC records that tests build (IIM 4.2, 1.5: the datasets of record 2), and Photoshop's resources around them."""


def dataset(number: int, data: bytes) -> bytes:
    return bytes([0x1C, 2, number]) + len(data).to_bytes(2, "big") + data


def resource(number: int, data: bytes) -> bytes:
    return b"8BIM" + number.to_bytes(2, "big") + b"\0\0" + len(data).to_bytes(4, "big") + data + bytes(len(data) % 2)


def extended_dataset(number: int, data: bytes, width: int) -> bytes:
    """Return a dataset whose length has this many bytes of its own."""
    return bytes([0x1C, 2, number]) + (0x8000 | width).to_bytes(2, "big") + len(data).to_bytes(width, "big") + data
