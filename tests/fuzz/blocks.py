"""Random Exif blocks whose entries share whatever they can, and random changes to them."""

import random
from struct import pack
from typing import NamedTuple

SIZE = 64_000
TAGS = (
    *(0x8769, 0x8825, 0xA005, 0x927C, 0x014A, 0x0111, 0x0117, 0x0144, 0x0145, 0x0201, 0x0202),
    *(0x9003, 0x9011, 0x9291, 0x010F, 0x0011, 0x2010, 0x2020, 0x0088, 0x0089, 0xC000),
)
TYPES = (1, 2, 3, 4, 5, 7, 9, 13)
NUMBERS = (1, 1, 1, 2, 5, 20, 64, 255, 1000, 4096, 8192, 60_000)
TIMES = (1, 1, 1, 5, 15, 60, 60, 240, 500, 900)
MAKES = (b"CANON", b"NIKON", b"OLYMPUS", b"SONY", b"SAMSUNG", b"ASAHI", b"MINOLTA", b"RICOH", b"ACME")
HEADERS = (b"", b"OLYMPUS\0II\3\0", b"SONY DSC \0\0\0", b"Nikon\0\1\0", b"OLYMP\0\1\0", b"FUJIFILM\x0c\0\0\0")
PLACES = (8, 10, 200, 4_000, 9_000, 13_000, 20_000, 40_000, 63_000, SIZE - 40, SIZE - 1, SIZE, SIZE + 30, 70_000)


class Row(NamedTuple):
    """An entry, repeated."""

    tag: int
    type: int
    number: int
    value: int
    times: int


class Table(NamedTuple):
    """An IFD at a place, perhaps with the header of a maker note."""

    place: int
    rows: tuple[Row, ...]
    following: int = 0
    header: bytes = b""


class Block(NamedTuple):
    """A block: tables put over a filling of numbers that lead to one place."""

    tables: tuple[Table, ...]
    filling: int
    make: bytes

    def data(self) -> bytes:
        """Return its bytes."""
        data = bytearray(pack("<I", self.filling) * (SIZE // 4))
        data[:8] = b"II*\0" + pack("<I", self.tables[0].place)
        data[63_900:63_908] = self.make.ljust(8, b"\0")
        for place, rows, following, header in self.tables:
            entries = [row for row in rows for _ in range(row.times)]
            body = b"".join(pack("<HHII", tag, kind, number, value) for tag, kind, number, value, _ in entries)
            table = header + pack("<H", len(entries)) + body + pack("<I", following)
            data[place : place + len(table)] = table[: max(SIZE - place, 0)]
        return bytes(data)


def random_block(dice: random.Random) -> Block:
    """Return a block with a few tables that lead to each other."""
    places = dice.sample(PLACES[1:9], 6)
    main = Table(8, (Row(0x010F, 2, 8, 63_900, 1), Row(0x8769, 4, 1, places[0], 1)), dice.choice((0, places[1])))
    exif = Table(places[0], (Row(0x9003, 2, 20, 63_950, 1), Row(0x927C, 7, 4000, places[2], dice.choice((1, 6)))))
    rest = [Table(place, (random_row(dice),), 0, dice.choice(HEADERS)) for place in places[1:]]
    return Block((main, exif, *rest), dice.choice(PLACES), dice.choice(MAKES))


def random_row(dice: random.Random) -> Row:
    """Return an entry, often many times over."""
    return Row(*map(dice.choice, (TAGS, TYPES, NUMBERS, PLACES, TIMES)))


def changed(block: Block, dice: random.Random) -> Block:
    """Return a block with one thing changed."""
    what = dice.randrange(6)
    if what == 0:
        return block._replace(filling=dice.choice(PLACES))
    if what == 1:
        return block._replace(make=dice.choice(MAKES))
    at = dice.randrange(len(block.tables))
    table = block.tables[at]
    if what == 2:
        table = table._replace(following=dice.choice((0, *PLACES)))
    elif what == 3 and table.rows:
        row = dice.randrange(len(table.rows))
        new = random_row(dice) if dice.random() < 0.5 else table.rows[row]._replace(times=dice.choice(TIMES))
        table = table._replace(rows=(*table.rows[:row], new, *table.rows[row + 1 :]))
    elif what == 4:
        table = table._replace(rows=(*table.rows, random_row(dice)))
    else:
        table = table._replace(header=dice.choice(HEADERS), rows=table.rows[: dice.randrange(1, 5)])
    return block._replace(tables=(*block.tables[:at], table, *block.tables[at + 1 :]))
