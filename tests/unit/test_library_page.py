"""Every example of docs/library.md is true."""

import doctest
from collections.abc import Iterator
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer
from PIL import Image

from galleria_storage.s3_storage import get_s3_client

PAGE = Path(__file__).parents[2] / "docs/library.md"


@pytest.fixture
def endpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An embedded server with the page's bucket, in a folder with the page's photos."""
    Image.new("RGB", (8, 8)).save(tmp_path / "photo.jpg")
    (tmp_path / "prod/pics/day").mkdir(parents=True)
    for name in ("1.jpg", "2.jpg", "day/3.jpg"):
        (tmp_path / "prod/pics" / name).write_bytes(b"photo %b" % name[-5:-4].encode())
    monkeypatch.chdir(tmp_path)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    client = get_s3_client(f"http://{host}:{port}", "access_key", "secret_key", "us-east-1")
    client.create_bucket(Bucket="my-gallery")
    yield f"http://{host}:{port}"
    for found in client.list_objects_v2(Bucket="my-gallery")["Contents"]:
        client.delete_object(Bucket="my-gallery", Key=found["Key"])
    client.delete_bucket(Bucket="my-gallery")
    server.stop()


def test_every_example_of_the_page_is_true(endpoint: str) -> None:
    text = PAGE.read_text().replace("https://fsn1.your-objectstorage.com", endpoint)
    page = doctest.DocTestParser().get_doctest(text, {}, PAGE.name, str(PAGE), 0)
    assert len(page.examples) > 20
    report: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.FAIL_FAST | doctest.NORMALIZE_WHITESPACE)
    failed, _ = runner.run(page, out=report.append)
    assert not failed, "".join(report)
