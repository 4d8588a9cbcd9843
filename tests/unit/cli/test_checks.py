"""`doctor`: each check says what it found in the real answers, and what to do."""

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from galleria_cli import checking, visiting
from galleria_cli.checks import Check
from galleria_storage.cors.fetch_standard import HeaderList
from galleria_storage.cors.public_request import Answer, PublicUrl
from galleria_storage.publishing.publish_settings import PublishSettings
from galleria_storage.s3.access import BucketAccess
from galleria_storage.s3.objects import ObjectStore
from tests.support.fakes.directing import Calm
from tests.support.fakes.fake_s3 import FakeS3
from tests.support.fakes.profiles import CAPABLE

OURS = {"galleria-fingerprint": "2-00", "galleria-run": "1-00"}
BASE = "https://photos.example.com"


@pytest.fixture
def s3() -> FakeS3:
    s3 = FakeS3("honoured", Calm())
    s3.store("public", "a b.jpg", b"x", metadata=OURS, cache_control="max-age=60, public")
    return s3


def visit(
    s3: Any,
    monkeypatch: pytest.MonkeyPatch,
    answer: tuple[int, str | None],
    wanted: str = "",
    base_url: str | None = BASE,
) -> list[Check]:
    status, cache_control = answer
    asked: list[str] = []

    def ask(url: PublicUrl, method: str, headers: object) -> Answer:
        assert (method, headers) == ("HEAD", {})
        asked.append(url.shown)
        fields = [("cache-control", cache_control)] if cache_control is not None else []
        return Answer(status, HeaderList(fields), b"")

    monkeypatch.setattr(visiting, "ask", ask)
    s3.meta = SimpleNamespace(endpoint_url="https://provider.example")
    found = list(visiting.visit(ObjectStore(s3, "public", CAPABLE), base_url, wanted))
    assert asked == [f"{base_url or 'https://provider.example/public'}/a%20b.jpg"]
    return found


@pytest.mark.parametrize(
    ("answered", "wanted", "state", "advice"),
    [
        ("max-age=60", "max-age=60", "ok", ""),
        ("Public,max-age=60", "max-age=60, public", "ok", ""),
        ("max-age=5", "", "ok", ""),
        (None, "", "note", "Set CACHE_CONTROL"),
        ("max-age=5", "public, max-age=60", "wrong", "the CDN or proxy in front of it changes that"),
        ("max-age=60, public", "max-age=99", "wrong", "publish --all"),
        (None, "max-age=99", "wrong", "publish --all"),
    ],
)
def test_the_cache_control_of_the_real_answer_counts(  # noqa: PLR0917 # a row of the table
    s3: FakeS3, monkeypatch: pytest.MonkeyPatch, answered: str | None, wanted: str, state: str, advice: str
) -> None:
    reading, kept = visit(s3, monkeypatch, (200, answered), wanted)
    assert reading.state == "ok"
    assert (kept.name, kept.state) == ("Cache-Control", state)
    assert advice in kept.advice
    assert (answered or "without Cache-Control") in kept.found


@pytest.mark.parametrize(
    ("status", "base_url", "state", "advice"),
    [
        (403, BASE, "wrong", "Allow everybody to read"),
        (404, BASE, "wrong", "leads elsewhere"),
        (502, BASE, "wrong", "CDN"),
        (403, None, "note", "give --base-url"),
    ],
)
def test_what_keeps_visitors_out_is_reported_with_what_to_do(  # noqa: PLR0917 # a row of the table
    s3: FakeS3, monkeypatch: pytest.MonkeyPatch, status: int, base_url: str | None, state: str, advice: str
) -> None:
    reading, kept = visit(s3, monkeypatch, (status, None), base_url=base_url)
    assert (reading.state, str(status) in reading.found) == (state, True)
    assert advice in reading.advice
    assert kept.found == "'a b.jpg' is stored with max-age=60, public"


def test_without_a_published_photo_nothing_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    s3: Any = FakeS3("honoured", Calm())
    s3.store("public", "index.html", b"x")
    monkeypatch.setattr(visiting, "ask", None)
    (check,) = visiting.visit(ObjectStore(s3, "public", CAPABLE), BASE, "")
    assert check.found == "not checked: no published photo was found"


class Notifying:
    """A client whose bucket has this notification."""

    def __init__(self, answer: dict[str, Any] | ClientError, host: str = "s3.eu-north-1.amazonaws.com") -> None:
        self.answer = answer
        self.meta = SimpleNamespace(endpoint_url=f"https://{host}")

    def get_bucket_notification_configuration(self, **_names: str) -> dict[str, Any]:
        if isinstance(self.answer, ClientError):
            raise self.answer
        return self.answer


def refusal(code: str, status: int) -> ClientError:
    answer: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "GetBucketNotificationConfiguration")


EVERYTHING = ["s3:ObjectCreated:*", "s3:ObjectTagging:*", "s3:ObjectRemoved:*"]


@pytest.mark.parametrize(
    ("answer", "removed", "state", "found"),
    [
        ({}, "keep", "wrong", "sends no notifications"),
        ({"EventBridgeConfiguration": {}}, "unpublish", "ok", "EventBridge"),
        ({"QueueConfigurations": [{"Events": EVERYTHING}]}, "unpublish", "ok", "removed photos"),
        ({"QueueConfigurations": [{"Events": EVERYTHING[:2]}]}, "unpublish", "note", "removed photos"),
        ({"QueueConfigurations": [{"Events": EVERYTHING[:2]}]}, "keep", "ok", "changed tags"),
        ({"TopicConfigurations": [{"Events": ["s3:ObjectCreated:Put"]}]}, "keep", "note", "changed tags"),
        ({"LambdaFunctionConfigurations": [{"Events": EVERYTHING[1:]}]}, "keep", "wrong", "new photos"),
        (refusal("NotImplemented", 501), "keep", "note", "sends no notifications"),
    ],
)
def test_the_notification_must_cover_all_that_counts(answer: Any, removed: Any, state: str, found: str) -> None:
    client: Any = Notifying(answer)
    settings = PublishSettings("staging", BucketAccess("public"), when_removed=removed)
    check = checking._notification(ObjectStore(client, "staging", CAPABLE), settings)
    assert check.state == state
    assert found in check.found
    assert check.advice or state == "ok"


def test_where_no_stack_can_be_a_bucket_without_notifications_is_not_a_fault() -> None:
    client: Any = Notifying({}, "fsn1.your-objectstorage.com")
    settings = PublishSettings("staging", BucketAccess("public"))
    check = checking._notification(ObjectStore(client, "staging", CAPABLE), settings)
    assert (check.state, check.advice) == ("note", "Publish with `galleria-storage publish --watch`.")


def test_a_photo_after_many_files_of_a_site_is_found(s3: FakeS3, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(60):
        s3.store("public", f"0/{n}.css", b"x")
    monkeypatch.setattr(visiting, "ask", lambda *_: Answer(200, HeaderList([]), b""))
    reading, _ = visiting.visit(ObjectStore(s3, "public", CAPABLE), BASE, "", iter(["none.jpg", "a b.jpg"]))  # type: ignore[arg-type] # it has what is needed
    assert reading.state == "ok"
