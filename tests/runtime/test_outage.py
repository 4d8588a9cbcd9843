"""A provider that goes away while photos come loses none: `make outage` with few of them."""

from benchmarks import outage
from tests.support.functions.services import Services


def test_photos_that_come_while_the_provider_is_away_are_published_when_it_is_back(services: Services) -> None:
    del services  # skips where the servers are not installed
    report = outage.run(events=40, away_seconds=5, environments=2, tell=print)
    assert report.is_well, report
    assert report.outcomes["failed"]
    assert report.most_attempts > 1
