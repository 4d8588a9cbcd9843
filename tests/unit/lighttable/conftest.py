"""A folder of two cameras on a light table, and a browser that is let in."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from galleria_cli.lighttable.guard import Guard
from galleria_cli.lighttable.opening import open_folder
from galleria_cli.lighttable.routes import application
from tests.support.lighttable.folders import PORT, Table, shot_on


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three photos of a Canon that is an hour slow, and three of a phone that is right."""
    place = tmp_path / "wedding"
    place.mkdir()
    noon = datetime(2024, 6, 15, 12)
    for number in range(3):
        moment = noon + timedelta(minutes=10 * number)
        (place / f"IMG_{number}.JPG").write_bytes(shot_on("Canon EOS R5", moment - timedelta(hours=1)))
        (place / f"PXL_{number}.jpg").write_bytes(shot_on("Pixel 8", moment, "+02:00"))
    return place


@pytest.fixture
def opened(folder: Path, tmp_path: Path) -> Callable[[], Table]:
    """Open the table of the folder, with all photos read."""

    def make() -> Table:
        opened = open_folder(folder, tmp_path / "cache")
        opened.session.gathering.start()
        assert opened.session.gathering.wait(10)
        guard = Guard(application(opened), PORT)
        client = TestClient(guard, f"http://127.0.0.1:{PORT}", headers={"Origin": f"http://127.0.0.1:{PORT}"})
        client.get(f"/?token={guard.token}")
        return Table(client, opened)

    return make


@pytest.fixture
def table(opened: Callable[[], Table]) -> Table:
    return opened()
