"""The parts of docs/operations.md that hold figures, as Markdown."""

import re
from collections.abc import Iterable
from textwrap import fill
from typing import Final

from benchmarks.costs import bill
from benchmarks.costs.bill import ASSUMED, FIGURES, MEASURED, PRICES, QUOTAS, Item

_COLUMNS: Final = 120
_FEW: Final = 10_000
_MANY: Final = 10_000_000
_SECONDS_A_DAY: Final = 86_400
_DAYS_A_MONTH: Final = 30
#: Of each new photo, with its own upload into staging.
_REQUESTS: Final = int(1 + bill.COUNTED["new_photo_gets"] + bill.COUNTED["new_photo_puts"])


def parts() -> dict[str, str]:
    """Return name and text of each part."""
    return {"prices": _prices(), "photos": _photos(), "quotas": _quotas(), "many": _many()}


def with_parts(page: str) -> str:
    """Return the page with each part in its place, which two comments mark.

    Raises
    ------
    ValueError
        A part has no place, or more than one.
    """
    for name, text in parts().items():
        place = re.compile(rf"(<!-- costs: {name} -->\n).*?(\n<!-- costs end -->)", re.DOTALL)
        page, count = place.subn(rf"\g<1>{text}\g<2>", page)
        if count != 1:
            raise ValueError(f"the page has {count} places for the part {name!r}; it needs one")
    return page


def _prices() -> str:
    share = ASSUMED["memory_mb"] / ASSUMED["cpu_mb"]
    return fill(
        f"List prices of us-east-1 in USD ({FIGURES['as_of']}), arm64, no free tier. "
        "A new photo makes one HEAD, two GETs (itself and its tags) and one PUT; a test on the wire counts them. "
        f"It takes {bill.photo_seconds():.2f} s: "
        f"{MEASURED['photo_cpu_ms']:g} ms of a whole CPU (`make bench-publish`), of "
        f"which {ASSUMED['memory_mb']} MB buy {share:.0%}, {ASSUMED['network_mb_s']} MB a second in and out, and "
        f"{ASSUMED['request_ms']} ms for each request. The last two are assumptions: put your own figures into "
        "`benchmarks/costs/figures.toml` and run `make costs`.",
        _COLUMNS,
        break_on_hyphens=False,
    )


def _photos() -> str:
    items = bill.publication(_FEW)
    monthly = [
        Item("storage, each month", f"{bill.gigabytes(_FEW):,.0f} GB twice", bill.storage_month(_FEW)),
        Item("metrics, each month of steady use", f"{bill.COUNTED['metrics']} at {PRICES['metric_month']:.2f}",
             bill.COUNTED["metrics"] * PRICES["metric_month"]),
        Item("each alarm, each month", "1", PRICES["alarm_month"]),
    ]  # fmt: skip
    queued, direct = bill.duplicate(queued=True), bill.duplicate(queued=False)
    return (
        _table(("", "amount", "USD"), [*_rows(items), ("**once**", "", f"**{_usd(_sum(items))}**"), *_rows(monthly)])
        + f"\n\nA duplicate costs {direct:.7f} USD, and {queued:.7f} through the queue: "
        "three small requests, one invocation, and\n"
        f"its log lines. To another provider AWS asks {PRICES['egress'][0][1]:.2f} a GB for traffic out: "
        f"{bill.egress(bill.gigabytes(_FEW)):.2f} for these photos. Reading through CloudFront\n"
        f"is free up to 1 TB a month, then {PRICES['cdn_gb']:.3f} a GB; a million events on a bus cost "
        f"{PRICES['event'] * 1e6:.2f}."
    )


def _quotas() -> str:
    slow, usual = QUOTAS["new_account_concurrency"], QUOTAS["concurrency"]
    rows = [
        (f"concurrency {slow}", "a new account, or `MaximumConcurrency=10`", _rate(bill.photos_a_second(slow))),
        (f"concurrency {usual:,}", "the usual account", _rate(bill.photos_a_second(usual))),
        (f"{QUOTAS['queue_environments']:,} environments", "one queue",
         _rate(bill.photos_a_second(QUOTAS["queue_environments"]))),
        (f"{QUOTAS['queue_new_environments_in_a_minute']} new environments a minute", "the same",
         f"{_rate(bill.photos_a_second(QUOTAS['queue_new_environments_in_a_minute']))} more each minute"),
        (f"{QUOTAS['new_environments_in_10_seconds']:,} new environments in 10 s", "one function, `Trigger=direct`",
         f"{_rate(bill.photos_a_second(QUOTAS['new_environments_in_10_seconds']))} more every 10 s"),
        (f"{QUOTAS['s3_writes_a_second']:,} writes a second", "one prefix of an S3 bucket",
         f"{QUOTAS['s3_writes_a_second']:,} for each prefix"),
        (f"{QUOTAS['s3_reads_a_second']:,} reads a second", "the same; a new photo reads twice in staging",
         f"{QUOTAS['s3_reads_a_second'] // 2:,} for each prefix"),
        (f"{QUOTAS['events_a_second']:,} events a second", "EventBridge; less in small regions",
         f"{QUOTAS['events_a_second']:,}"),
    ]  # fmt: skip
    return _table(("limit", "of", "new photos a second that it allows"), rows)


def _many() -> str:
    steady = _MANY / _SECONDS_A_DAY
    requests = [item for item in bill.publication(_MANY) if item.what.startswith(("your own", "S3 "))]
    others = [item for item in bill.publication(_MANY) if item not in requests]
    out = bill.egress(_DAYS_A_MONTH * bill.gigabytes(_MANY)) / _DAYS_A_MONTH
    items = [
        Item(
            "traffic to another provider, or to visitors without a CDN", f"{bill.gigabytes(_MANY) / 1000:,.0f} TB", out
        ),
        Item("S3 requests", f"{_REQUESTS * _MANY // 10**6} million", _sum(requests)),
        *sorted(others, key=lambda item: -item.usd),
    ]
    return (
        f"**10 million photos a day** are {steady:.0f} a second, and {10 * steady:,.0f} "
        "if a tenth of the day has them all:\n"
        f"{bill.environments_for(steady)} and {bill.environments_for(10 * steady)} environments. "
        "Traffic and S3's requests are the money, not compute:\n\n"
        + _table(("each day", "amount", "USD"), _rows(items))
        + f"\n\nStorage comes on top: {_usd(bill.storage_month(_MANY))} USD a month for each day's originals and "
        "copies, at the price of the first 50 TB."
    )


def _rows(items: Iterable[Item]) -> list[tuple[str, ...]]:
    return [(item.what, item.amount, _usd(item.usd)) for item in items]


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [header, tuple("---" for _ in header), *rows]
    return "\n".join(
        "|" + "|".join(f" {cell} " if cell and cell != "---" else cell or " " for cell in line) + "|" for line in lines
    )


def _sum(items: Iterable[Item]) -> float:
    return sum(item.usd for item in items)


def _usd(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def _rate(value: float) -> str:
    return f"{value:,.0f}"
