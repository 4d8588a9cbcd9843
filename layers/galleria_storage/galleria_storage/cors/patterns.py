"""Patterns of origins and headers: texts with at most one ``*``, which matches any characters.

Foreign rules may have more than one; these match as well, and only their first
and last parts count when two patterns are compared.
"""

import re
from collections.abc import Iterable


def matches(pattern: str, value: str) -> bool:
    """Whether the value matches the pattern; letter case counts."""
    start, star, end = pattern.partition("*")
    if not star:
        return pattern == value
    if "*" in end:
        return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), value, re.DOTALL) is not None
    return len(value) >= len(pattern) - 1 and value.startswith(start) and value.endswith(end)


def overlap(one: str, other: str) -> str | None:
    """Return the pattern of the values that match both patterns, or None if no value does.

    Two patterns with a ``*`` share the longer beginning and the longer end:
    ``https://*`` and ``*.example.com`` share ``https://*.example.com``.
    """
    if "*" not in one or "*" not in other:
        literal, pattern = (one, other) if "*" not in one else (other, one)
        return literal if matches(pattern, literal) else None
    start, _, end = one.partition("*")
    other_start, _, other_end = other.partition("*")
    short_start, long_start = sorted((start, other_start), key=len)
    short_end, long_end = sorted((end.rpartition("*")[2], other_end.rpartition("*")[2]), key=len)
    if not long_start.startswith(short_start) or not long_end.endswith(short_end):
        return None
    return f"{long_start}*{long_end}"


def have_common(ones: Iterable[str], others: Iterable[str]) -> bool:
    """Whether any value matches a pattern on each side."""
    others = tuple(others)
    return any(overlap(one, other) is not None for one in ones for other in others)


def example(pattern: str, filler: str) -> str:
    """Return a value that matches the pattern: the filler takes the place of ``*``."""
    return pattern.replace("*", filler)
