"""From prices and measured milliseconds to sums of money and to rates; pure."""

import math
import tomllib
from pathlib import Path
from typing import Any, Final, NamedTuple

FIGURES: Final[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("figures.toml").read_text(encoding="utf-8"))
PRICES: Final[dict[str, Any]] = FIGURES["prices"]
COUNTED: Final[dict[str, Any]] = FIGURES["counted"]
MEASURED: Final[dict[str, Any]] = FIGURES["measured"]
ASSUMED: Final[dict[str, Any]] = FIGURES["assumed"]
QUOTAS: Final[dict[str, Any]] = FIGURES["quotas"]
_GB: Final = 1e9


class Item(NamedTuple):
    """One line of a bill.

    Attributes
    ----------
    what
        Is paid for.
    amount
        How the sum comes about, in words.
    usd
        The sum, in US dollars.
    """

    what: str
    amount: str
    usd: float


def photo_seconds() -> float:
    """Return how long one photo of the measured size takes a function with the stack's memory."""
    megabytes = 2 * MEASURED["photo_mb"]  # in and out
    requests = COUNTED["new_photo_gets"] + COUNTED["new_photo_puts"]
    waiting = megabytes / ASSUMED["network_mb_s"] + requests * ASSUMED["request_ms"] / 1000
    return _cpu_seconds("photo_cpu_ms") + float(waiting)


def duplicate_seconds() -> float:
    """Return how long an event takes whose photo is published already."""
    return _cpu_seconds("duplicate_cpu_ms") + float(COUNTED["duplicate_gets"] * ASSUMED["request_ms"] / 1000)


def _cpu_seconds(name: str) -> float:
    share = min(1.0, ASSUMED["memory_mb"] / ASSUMED["cpu_mb"])
    return float(MEASURED[name] / 1000 / share)


def publication(photos: int) -> list[Item]:
    """Return the bill of that many new photos, without what is stored and what is read."""
    gb_seconds = photos * photo_seconds() * ASSUMED["memory_mb"] / 1024
    gets, puts = photos * COUNTED["new_photo_gets"], photos * COUNTED["new_photo_puts"]
    queue, traces = photos * COUNTED["queue_requests"], photos * COUNTED["traced"]
    log = photos * COUNTED["log_bytes"] / _GB
    return [
        Item("your own uploads into staging", f"{photos:,} PUT", photos * PRICES["s3_put"]),
        Item("S3 PUT, public", f"{puts:,}", puts * PRICES["s3_put"]),
        Item("S3 GET and HEAD", f"{gets:,}", gets * PRICES["s3_get"]),
        Item("Lambda time", f"{photo_seconds():.2f} s each at {ASSUMED['memory_mb']} MB, {gb_seconds:,.0f} GB-s",
             gb_seconds * PRICES["lambda_gb_second"]),
        Item("Lambda requests", f"{photos:,}", photos * PRICES["lambda_request"]),
        Item("the queue (none with `Trigger=direct`)", f"{queue:,} requests", queue * PRICES["sqs_request"]),
        Item("log lines", f"{COUNTED['log_bytes'] / 1000:.0f} KB each, {_size(log)}", log * PRICES["log_gb"]),
        Item("X-Ray", f"{COUNTED['traced']:.0%} sampled, {traces:,.0f} traces", traces * PRICES["trace"]),
    ]  # fmt: skip


def duplicate(*, queued: bool) -> float:
    """Return what one more event of a photo costs that is published already, in US dollars."""
    return float(
        duplicate_seconds() * ASSUMED["memory_mb"] / 1024 * PRICES["lambda_gb_second"]
        + PRICES["lambda_request"]
        + COUNTED["duplicate_gets"] * PRICES["s3_get"]
        + COUNTED["log_bytes"] / _GB * PRICES["log_gb"]
        + COUNTED["traced"] * PRICES["trace"]
        + (COUNTED["queue_requests"] * PRICES["sqs_request"] if queued else 0)
    )


def storage_month(photos: int) -> float:
    """Return what originals and copies cost in each month, in US dollars."""
    return float(2 * gigabytes(photos) * PRICES["s3_gb_month"])


def gigabytes(photos: int) -> float:
    """Return the size of that many photos."""
    return float(photos * MEASURED["photo_mb"] / 1000)


def egress(gigabytes_a_month: float) -> float:
    """Return what a month's traffic from AWS to the Internet costs, in US dollars."""
    total, below = 0.0, 0.0
    for limit, price in PRICES["egress"]:
        total += max(0.0, min(gigabytes_a_month, limit) - below) * price
        below = limit
    return total


def photos_a_second(environments: int) -> float:
    """Return how many new photos that many environments publish in a second."""
    return environments / photo_seconds()


def environments_for(photos_a_second: float) -> int:
    """Return how many environments publish so many new photos in a second."""
    return math.ceil(photos_a_second * photo_seconds())


def _size(gigabytes: float) -> str:
    return f"{gigabytes:,.0f} GB" if gigabytes >= 1 else f"{gigabytes * 1000:.0f} MB"
