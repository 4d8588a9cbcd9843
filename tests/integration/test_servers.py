"""The servers themselves, on which the other tests depend."""

import os
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.servers import S3Server, external, running
from tests.support.servers.bucket_names import bucket_name
from tests.support.servers.gallery import Buckets
from tests.support.servers.processes import Processes, ServerMissingError, ServerStartError, find_program, free_ports

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def test_a_stored_object_comes_back_byte_for_byte(s3: "S3Client", buckets: Buckets, prefix: str) -> None:
    s3.put_object(Bucket=buckets.staging, Key=f"{prefix}photo.jpg", Body=b"\xff\xd8\xff\xd9", Metadata={"a": "b"})
    answer = s3.get_object(Bucket=buckets.staging, Key=f"{prefix}photo.jpg")
    assert answer["Body"].read() == b"\xff\xd8\xff\xd9"
    assert {name.lower(): value for name, value in answer["Metadata"].items()} == {"a": "b"}


def test_a_server_listens_on_loopback_only(server: S3Server) -> None:
    if server.name == "external":
        pytest.skip("where it listens is for its owner to say")
    assert server.endpoint.startswith("http://127.0.0.1:")


def test_a_stopped_server_listens_no_more(tmp_path: Path) -> None:
    with running("moto_server", tmp_path) as server:
        assert urllib.request.urlopen(server.endpoint, timeout=5).status == 200  # noqa: S310 # our own http address
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(server.endpoint, timeout=5)  # noqa: S310 # the same


def test_a_missing_server_says_what_installs_it() -> None:
    with pytest.raises(ServerMissingError, match=r"no-such-server is not installed \(make servers\)"):
        find_program("no-such-server", "make servers")


def test_a_server_that_runs_already_is_named_by_the_environment() -> None:
    named = {"S3_EXTERNAL_ENDPOINT": "https://s3.example.com", "S3_EXTERNAL_PROFILE": "generic"}
    assert external.address(named)["profile"] == "generic"
    with pytest.raises(ServerMissingError, match="S3_EXTERNAL_ENDPOINT is not set"):
        external.address({})


def test_of_a_server_that_runs_already_only_the_buckets_of_this_process_are_removed(tmp_path: Path) -> None:
    ours, workers = bucket_name("staging"), "staging-0123456789ab-01234567"
    theirs = {"staging-01234567", "staging", "made-meanwhile", workers}
    with running("moto_server", tmp_path) as server:
        client = server.client()
        with external.tidied(client):
            for name in (ours, *theirs):
                client.create_bucket(Bucket=name)
            client.put_bucket_versioning(Bucket=ours, VersioningConfiguration={"Status": "Enabled"})
            for body in (b"old", b"new"):
                client.put_object(Bucket=ours, Key="photo.jpg", Body=body)
            client.create_multipart_upload(Bucket=ours, Key="photo.jpg")
        left = {bucket["Name"] for bucket in client.list_buckets()["Buckets"]}
    assert left == theirs


def test_a_server_that_ends_by_itself_shows_its_last_words(tmp_path: Path) -> None:
    with Processes(tmp_path) as processes:
        processes.start("broken", ["sh", "-c", "echo port is taken; exit 3"])
        processes._running[0][1].wait()
        with pytest.raises(ServerStartError, match="broken ended with status 3: port is taken"):
            processes.check_alive()


def test_leaving_the_context_kills_what_a_child_started(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with Processes(tmp_path) as processes:
        # The grandchild holds the pipe open for as long as it lives.
        processes.start("shell", ["sh", "-c", f"sleep 60 >{pipe} & wait"])
        reader = pipe.open("rb")
    with reader:
        assert reader.read() == b""


def test_free_ports_are_all_different() -> None:
    assert len(set(free_ports(50))) == 50
