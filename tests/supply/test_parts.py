"""The list of parts names what the layer carries, and the layer and the tests carry the same."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.servers.processes import ROOT

PINNED = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)


def pins(path: str) -> dict[str, str]:
    return dict(PINNED.findall((ROOT / path).read_text(encoding="utf-8")))


def carried() -> dict[str, str]:
    layer = "layers/galleria_storage/requirements"
    return pins(f"{layer}.txt") | pins(f"{layer}-compiled.txt")


@pytest.fixture(scope="module")
def sbom() -> dict[str, Any]:
    file = ROOT / "artifacts/sbom.json"
    if not file.exists():
        pytest.skip("there is no list of parts (make sbom)")
    document: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return document


def test_the_list_names_every_package_of_the_layer_with_its_version_and_hashes(sbom: dict[str, Any]) -> None:
    listed = {component["name"]: component["version"] for component in sbom["components"]}
    assert listed == carried()
    assert all(
        any(reference.get("hashes") for reference in component["externalReferences"])
        for component in sbom["components"]
    )
    assert sbom["metadata"]["component"]["name"] == "galleria-storage"


def test_the_tests_run_with_the_versions_of_the_layer() -> None:
    tested = pins("requirements/dev.txt")
    assert {name: tested.get(name) for name in carried()} == carried()


@pytest.mark.parametrize("path", sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("requirements/*.txt")))
def test_every_package_is_pinned_by_hash_and_no_file_names_an_index(path: str) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    assert not re.search(r"^\s*--(extra-)?index-url|^\s*--find-links|://", text, re.MULTILINE)
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert entries
    assert all("--hash=sha256:" in entry for entry in entries), path


def test_every_input_has_its_compiled_file() -> None:
    inputs = {Path(path).stem for path in ROOT.glob("requirements/*.in")} - {"tests"}
    assert inputs == {Path(path).stem for path in ROOT.glob("requirements/*.txt")}
