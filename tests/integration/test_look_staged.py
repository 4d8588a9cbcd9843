"""The light table of staging: each photo's state, and another correction that publishes it again."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from starlette.testclient import TestClient

from galleria_cli.lighttable.opening import open_staging
from galleria_cli.lighttable.routes import Opened, application
from tests.support.photos.samples import PHOTO
from tests.support.servers.gallery import Gallery


@pytest.fixture
def page(
    gallery: Gallery, staging_environment: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator["Page"]:
    """The table of staging, with two photos and one that is cut off; nothing is published yet."""
    del staging_environment
    server = gallery.server
    for name, value in (server.as_public | {"S3_PUBLIC_PROFILE": server.profile}).items():
        monkeypatch.setenv(name, value)
    gallery.put("1.jpg", PHOTO)
    gallery.put("2.jpg", PHOTO + b"\0")
    gallery.put("cut.jpg", PHOTO[:-100])
    table = open_staging(gallery.prefix, None, tmp_path / "thumbnails", by_hand=True)
    table.start()
    assert table.states
    assert table.states.wait(30)
    assert table.session.gathering.wait(30)
    yield Page(TestClient(application(table)), table, gallery)
    table.stop()


class Page(NamedTuple):
    """What a browser sees."""

    client: TestClient
    table: Opened
    gallery: Gallery

    def states(self) -> dict[str, dict[str, Any]]:
        found = self.client.get("/api/states").json()["states"]
        return {one["key"].removeprefix(self.gallery.prefix): one for one in found}

    def decide(self, **changes: Any) -> dict[str, Any]:
        """Decide about the one camera, and wait until all that follows is done."""
        camera = self.client.get("/api/table").json()["cameras"][0]["key"]
        answer = self.client.put(f"/api/cameras/{camera}", json=changes)
        assert answer.status_code == 200, answer.text
        if self.table.runs.last:
            assert self.table.runs.last.wait(60)
        run: dict[str, Any] = self.client.get("/api/run").json()["run"]
        return run


def test_each_photo_has_its_state_and_its_reason(page: Page) -> None:
    states = page.states()
    assert {name: one["state"] for name, one in states.items()} == {
        "1.jpg": "missing", "2.jpg": "missing", "cut.jpg": "rejected",
    }  # fmt: skip
    assert "cut off" in states["cut.jpg"]["reason"]


def test_what_is_tried_out_changes_nothing(page: Page) -> None:
    assert page.decide(shift="+1h") is None
    assert page.states()["1.jpg"]["asked"] == ""


def test_what_is_approved_is_asked_and_published(page: Page) -> None:
    run = page.decide(shift="+1h", approved=True)
    assert run["phase"] == "done", run
    states = page.states()
    assert states["1.jpg"]["state"] == "right"
    assert states["1.jpg"]["asked"] == "timestamp-offset-hours=+01:00:00"
    assert states["1.jpg"]["captured"].startswith("2024:06:15 13:30:45")
    assert sorted(page.gallery.copies()) == [page.gallery.key("1.jpg"), page.gallery.key("2.jpg")]


def test_undo_asks_for_what_was_asked_before(page: Page) -> None:
    page.decide(shift="+1h", approved=True)
    assert page.client.post("/api/undo").status_code == 200
    assert page.table.runs.last
    assert page.table.runs.last.wait(60)
    assert page.states()["1.jpg"]["asked"] == ""
    assert page.states()["1.jpg"]["captured"].startswith("2024:06:15 12:30:45")


def test_nothing_is_pushed_from_there(page: Page) -> None:
    assert page.client.post("/api/push", json={}).status_code == 422
