"""One suite, every server: `S3_SERVERS` names the servers (default: moto, in process), `make conformance` sets it."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from galleria_storage.s3.clients import get_s3_client
from tests.support.servers import STARTERS, S3Server
from tests.support.servers.bucket_names import bucket_name
from tests.support.servers.fixtures import running_or_skipped
from tests.support.servers.gallery import Buckets, Gallery

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

NAMES = os.environ.get("S3_SERVERS", "moto").split()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every test that asks for a server, through any fixture, on each server that is named."""
    if "server" in metafunc.fixturenames:
        if unknown := set(NAMES) - set(STARTERS):
            raise pytest.UsageError(f"S3_SERVERS names {min(unknown)!r}; allowed are {', '.join(STARTERS)}")
        metafunc.parametrize("server", NAMES, indirect=True, scope="session")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where servers are named, leave out what needs none: `make test` has run it."""
    if "S3_SERVERS" in os.environ:
        others = [item for item in items if "server" not in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in others]


class ServerScheduling(LoadScopeScheduling):
    """Keep all tests of a server in one worker, so that each server is started once."""

    def _split_scope(self, nodeid: str) -> str:
        parameters = nodeid.partition("[")[2].rstrip("]").split("-")
        return next((name for name in NAMES if name in parameters), nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    """Schedule by server where there are several; the embedded one is cheap enough for every worker to have."""
    return ServerScheduling(config, log) if len(NAMES) > 1 else None


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> Iterator[S3Server]:
    with running_or_skipped(request.param) as started:
        yield started


@pytest.fixture(scope="session")
def s3(server: S3Server) -> "S3Client":
    """A plain boto3 client: what the tests themselves put and look at."""
    return server.client()


@pytest.fixture
def client(server: S3Server) -> "S3Client":
    """A client as the library makes it."""
    return get_s3_client(server.endpoint, server.access_key, server.secret_key, server.region)


@pytest.fixture(scope="session")
def buckets(s3: "S3Client") -> Buckets:
    """One pair for all tests of a server; tests keep apart by `prefix`."""
    names = Buckets(bucket_name("staging"), bucket_name("public"))
    for name in names:
        s3.create_bucket(Bucket=name)
    return names


@pytest.fixture
def staging_environment(server: S3Server, buckets: Buckets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables by which a command reaches staging, and a cache of its own."""
    values = {
        "STAGING_BUCKET": buckets.staging,
        "AWS_ENDPOINT_URL_S3": server.endpoint,
        "AWS_ACCESS_KEY_ID": server.access_key,
        "AWS_SECRET_ACCESS_KEY": server.secret_key,
        "AWS_REGION": server.region,
        "AWS_DEFAULT_REGION": server.region,
        "S3_PUBLIC_BUCKET": buckets.public,
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def prefix() -> str:
    """Keys of one test start with this."""
    return f"{uuid.uuid4().hex[:8]}/"


@pytest.fixture
def gallery(server: S3Server, buckets: Buckets, s3: "S3Client", prefix: str) -> Gallery:
    return Gallery(server, buckets, s3, prefix)


@pytest.fixture
def keeps_rules(server: S3Server) -> None:
    if server.name in {"juicefs", "swift", "rclone"}:
        pytest.skip(f"{server.name} keeps no CORS rules")
