"""After a write, the CDN and the event bus are always informed, whatever happens in between."""

from collections import Counter
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from galleria_storage.delivery.notices import Task
from galleria_storage.delivery.reports import Reporter
from galleria_storage.delivery.tasks import carry_out
from galleria_storage.errors import ProviderError
from galleria_storage.publishing.fingerprint import is_recent
from galleria_storage.publishing.outcome import OutcomeStatus
from tests.support.fakes.gallery import STAGING, TIME, FakeGallery

DAY = 24 * 3600
LISTENERS = {"event_bus_name": "news", "cdn_distribution_id": "DIST"}


class Listeners:
    """An event bus and a CDN that record what they receive, or refuse it a given number of times."""

    def __init__(self, **refusals: int) -> None:
        self.refusals = Counter(refusals)
        self.invalidations, self.events = list[str](), list[str]()

    def __call__(self, service: str, _operation: str, **arguments: Any) -> dict[str, Any]:
        if self.refusals[service]:
            self.refusals[service] -= 1
            raise ProviderError(f"{service} refused")
        if service == "cloudfront":
            self.invalidations.append(arguments["InvalidationBatch"]["CallerReference"])
        else:
            self.events.append(arguments["Entries"][0]["DetailType"])
        return {"FailedEntryCount": 0, "Entries": [{}]}


@pytest.fixture
def heard(gallery: FakeGallery) -> Listeners:
    gallery.configure(**LISTENERS)
    return Listeners()


def handle(gallery: FakeGallery, listeners: Listeners, **task: Any) -> OutcomeStatus:
    """Let one event run from its task to its report."""
    reporter = Reporter(gallery.settings, listeners, lambda: gallery.clock)
    return carry_out(Task(STAGING, "a.jpg", **task), gallery.publisher(), reporter, STAGING).status


def test_a_correction_that_goes_back_and_forth_is_another_invalidation_each_time(
    gallery: FakeGallery, heard: Listeners
) -> None:
    for hours in ("-2", "-1", "-2", "-1", "-2"):
        gallery.put(metadata={**TIME, "title": hours}, tags={"target-timezone-offset-hours": hours})
        assert handle(gallery, heard) == "published"
        gallery.clock += 60
    assert len(heard.invalidations) == len(set(heard.invalidations)) == 4


@pytest.mark.parametrize("service", ["events", "cloudfront"])
def test_a_listener_that_refuses_hears_of_it_by_the_retry(gallery: FakeGallery, heard: Listeners, service: str) -> None:
    gallery.put()
    handle(gallery, heard)
    gallery.put(metadata=TIME)
    heard.refusals[service] = 1
    assert handle(gallery, heard) == "failed"
    assert handle(gallery, heard) == "duplicate"
    assert len(set(heard.invalidations)) == 1
    assert len(heard.events) >= 2


def test_a_function_that_dies_between_write_and_report_is_made_up_for(gallery: FakeGallery, heard: Listeners) -> None:
    gallery.put()
    handle(gallery, heard)
    gallery.put(metadata=TIME)
    gallery.publish()  # and dies
    assert heard.invalidations == []
    assert handle(gallery, heard) == "duplicate"
    assert len(heard.invalidations) == 1


@pytest.mark.parametrize("what", ["rejected", "gone"])
def test_that_is_made_up_for_although_the_original_is_rejected_or_gone_by_then(
    gallery: FakeGallery, heard: Listeners, what: str
) -> None:
    gallery.put()
    handle(gallery, heard)
    gallery.put(metadata=TIME)
    gallery.publish()  # and dies
    gallery.s3.remove(STAGING, "a.jpg")
    if what == "rejected":
        gallery.put(b"<html>")
    assert handle(gallery, heard) == what
    assert len(heard.invalidations) == 1
    assert heard.events == ["Photo Published"] * 2
    gallery.clock += 16 * DAY
    assert handle(gallery, heard) == what
    assert len(heard.events) == 2


@pytest.mark.parametrize(("seconds", "told"), [(15 * DAY - 1, 2), (15 * DAY, 1)])
def test_it_is_made_up_for_as_long_as_the_event_may_come_again(
    gallery: FakeGallery, heard: Listeners, seconds: int, told: int
) -> None:
    gallery.put()
    handle(gallery, heard)
    gallery.s3.remove(STAGING, "a.jpg")
    gallery.clock += seconds
    assert handle(gallery, heard) == "gone"
    assert len(heard.events) == told


@pytest.mark.parametrize("run", ["", "1800000000", "-", "yesterday-0"])
def test_a_copy_whose_run_has_no_time_is_not_made_up_for(run: str) -> None:
    assert not is_recent(run, 1_800_000_000.0)


def test_an_answer_that_is_lost_is_made_up_for(gallery: FakeGallery, heard: Listeners) -> None:
    gallery.put()
    handle(gallery, heard)
    gallery.put(metadata=TIME)

    def lose() -> None:
        gallery.director.after_plans.clear()
        raise ReadTimeoutError(endpoint_url="https://s3.example")

    gallery.director.counts.clear()
    gallery.director.after_plans["PutObject", 1] = lose
    assert handle(gallery, heard) == "failed"
    assert handle(gallery, heard) == "duplicate"
    assert len(heard.invalidations) == 1


def test_a_removal_is_reported_and_reported_again_by_its_retry_as_the_same_one(
    gallery: FakeGallery, heard: Listeners
) -> None:
    gallery.configure(when_removed="unpublish")
    gallery.put()
    handle(gallery, heard)
    gallery.s3.remove(STAGING, "a.jpg")
    heard.refusals["events"] = 1
    removal = {"change": "removed", "correlation_id": "DELETE1"}
    assert handle(gallery, heard, **removal) == "failed"
    assert handle(gallery, heard, **removal) == "removed"
    assert heard.events == ["Photo Published", "Photo Removed"]
    assert len(set(heard.invalidations)) == 1
