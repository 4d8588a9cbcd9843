"""The network goes away in the middle of many files: all of them wait, none fails, and people see why."""

import threading
from pathlib import Path

import pytest
from botocore.exceptions import EndpointConnectionError

from galleria_cli.deploying import Deployment
from galleria_cli.reporting import Report
from galleria_cli.sending import Known
from galleria_storage.bulk.patience import Patience
from galleria_storage.bulk.remembered import RememberedFiles
from galleria_storage.bulk.run import as_they_finish
from galleria_storage.bulk.standing import Standing
from galleria_storage.bulk.walk import list_files
from galleria_storage.s3.objects import ObjectStore
from tests.support.fakes.directing import Calm
from tests.support.fakes.fake_s3 import FakeS3
from tests.support.fakes.profiles import HONOURING

FILES, OUTAGE_SECONDS = 200, 60.0


class Outage(Calm):
    """No request gets through for a minute after the hundredth; the clock goes on only while somebody waits."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.now = 0.0
        self.requests = self.lost = 0

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        with self.lock:
            self.now += seconds

    def before(self, operation: str, bucket: str) -> None:
        del operation, bucket
        with self.lock:
            self.requests += 1
            if self.requests > FILES / 2 and self.now < OUTAGE_SECONDS:
                self.lost += 1
                raise EndpointConnectionError(endpoint_url="https://s3.example")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (folder := tmp_path / "site").mkdir()
    for n in range(FILES):
        (folder / f"{n:03}.css").write_bytes(b"%d" % n)
    return folder


def test_no_file_fails_and_the_wait_is_reported(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    network = Outage()
    server = FakeS3(director=network)
    report = Report(quiet=True)
    patience = Patience(report.waiting, sleep=network.sleep, clock=network.clock)
    store = ObjectStore(server, "public", HONOURING)  # type: ignore[arg-type] # it has what is needed
    run = Deployment(store, "", Known(Standing({}, complete=True), RememberedFiles(None), patience))
    statuses = {done.status for done in as_they_finish(run.one, list_files(site), 8)}
    assert statuses == {"deployed"}
    assert len(server.objects) == FILES
    assert network.lost > 0
    printed = capsys.readouterr().err.splitlines()
    assert "could not be reached; waiting, 0 s so far" in printed[0]
    assert "the provider answers again, after " in printed[-1]


def test_stopping_in_the_middle_of_an_outage_does_not_wait_for_its_end(site: Path) -> None:
    waits = threading.Event()
    network = Outage()
    patience = Patience(lambda *_: waits.set(), clock=network.clock)
    store = ObjectStore(FakeS3(director=network), "public", HONOURING)  # type: ignore[arg-type] # the same
    run = Deployment(store, "", Known(Standing({}, complete=True), RememberedFiles(None), patience))

    def interrupt(_: float) -> None:
        if waits.is_set():
            raise KeyboardInterrupt

    returned: list[object] = []
    results = as_they_finish(run.one, list_files(site), 8, stop=patience.give_up, idle=interrupt, idle_seconds=0.01)
    with pytest.raises(KeyboardInterrupt):
        returned.extend(results)
    assert len(returned) < FILES
