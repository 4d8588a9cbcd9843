"""The SDK that the functions run with: the layer's, which the tests ran with, never the managed runtime's own."""

import shutil
import sys
from pathlib import Path

import pytest

from tests.support.functions.lambda_runtime import BUILD, LAYER, environment
from tests.support.functions.services import PUBLIC, Services
from tests.support.stack.template import Stack

#: Calls the real handler, then tells where every module that is not of Python itself has come from.
PROBE = """\
import sys

import handler


def lambda_handler(event, context):
    handler.lambda_handler({"Event": "s3:TestEvent"}, context)
    import boto3

    clients = {name: boto3.client(name, region_name=event["region"]) for name in event["services"]}
    files = {
        name: module.__file__
        for name, module in list(sys.modules.items())
        if "." not in name and name not in sys.stdlib_module_names and getattr(module, "__file__", None)
    }
    return {"files": files, "hosts": {name: client.meta.endpoint_url for name, client in clients.items()}}
"""
#: What the interface client, which is the runtime, brings for itself.
OF_THE_RUNTIME = {"__main__", "__mp_main__", "awslambdaric", "runtime_client", "snapshot_restore_py", "simplejson"}
SERVICES = ("s3", "sqs", "events", "cloudfront", "secretsmanager", "sts")


@pytest.fixture
def probe(tmp_path: Path) -> Path:
    folder = tmp_path / "probe"
    folder.mkdir()
    shutil.copy(BUILD / "PublishPhotoFunction/app.py", folder / "handler.py")
    (folder / "app.py").write_text(PROBE, encoding="utf-8")
    return folder


def test_every_module_of_the_sdk_comes_from_the_layer(services: Services, probe: Path, tmp_path: Path) -> None:
    variables = {**Stack().environment("PublishPhotoFunction"), **services.variables, "S3_PUBLIC_BUCKET": PUBLIC}
    with environment(str(probe), tmp_path, variables) as started:
        files = started.invoke({"region": "us-east-1", "services": SERVICES})["files"]
    assert {"boto3", "botocore", "s3transfer", "urllib3", "dateutil", "six", "jmespath"} <= set(files)
    foreign = {
        name: file
        for name, file in files.items()
        if not Path(file).is_relative_to(LAYER) and not Path(file).is_relative_to(probe)
    }
    assert set(foreign) <= OF_THE_RUNTIME, foreign


@pytest.mark.parametrize(
    ("region", "suffix"),
    [("eu-central-1", "amazonaws.com"), ("cn-north-1", "amazonaws.com.cn"), ("us-gov-west-1", "amazonaws.com")],
)
def test_the_layers_sdk_knows_the_hosts_of_every_partition(
    probe: Path, tmp_path: Path, region: str, suffix: str
) -> None:
    variables = {**Stack().environment("PublishPhotoFunction"), "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
    with environment(str(probe), tmp_path, variables) as started:
        hosts = started.invoke({"region": region, "services": ("s3", "sqs", "events", "secretsmanager")})["hosts"]
    assert all(host.endswith(f".{suffix}") for host in hosts.values()), hosts
    assert hosts["sqs"] == f"https://sqs.{region}.{suffix}"


def test_the_tests_run_with_the_sdk_that_the_layer_carries() -> None:
    import boto3  # noqa: PLC0415
    import botocore  # noqa: PLC0415

    names = {path.name for path in LAYER.glob("*.dist-info")}
    assert {f"boto3-{boto3.__version__}.dist-info", f"botocore-{botocore.__version__}.dist-info"} <= names, sys.path
