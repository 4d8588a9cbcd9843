"""Arrows point one way, modules stay small, and heavy imports stay lazy."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "layers/galleria_storage/galleria_storage"
ALLOWED = {
    "errors": set(),
    "runtime": {"errors"},
    "corrections": {"errors"},
    "photos": {"corrections", "errors"},
    "aws": {"runtime", "errors"},
    "s3": {"aws", "runtime", "errors"},
    "transfer": {"s3", "errors"},
    "bulk": {"transfer", "s3", "errors"},
    "cors": {"s3", "aws", "runtime", "errors"},
    "publishing": {"transfer", "s3", "photos", "corrections", "runtime", "errors"},
    "delivery": {"publishing", "aws", "errors"},
    "_arguments": {"errors"},
    "s3_storage": {"_arguments", "bulk", "transfer", "cors", "s3", "photos", "corrections", "errors"},
}
MODULES = sorted(LIBRARY.rglob("*.py"))
SOURCES = sorted(p for folder in ("layers", "cli", "functions") for p in (ROOT / folder).rglob("*.py"))


def imported_parts(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return {name.split(".")[1] for name in names if name.startswith("galleria_storage.")}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(LIBRARY)))
def test_a_module_imports_only_what_lies_below_it(path: Path) -> None:
    part = path.relative_to(LIBRARY).parts[0].removesuffix(".py")
    assert imported_parts(path) - {part} <= ALLOWED.get(part, set())


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_fits_in_one_reading(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 350


def test_no_function_and_no_part_of_the_library_imports_the_command_line() -> None:
    for path in [*MODULES, *(ROOT / "functions").rglob("*.py")]:
        assert "galleria_cli" not in path.read_text(), path


def test_only_what_speaks_to_a_service_imports_boto3() -> None:
    for path in MODULES:
        tree = ast.parse(path.read_text())
        runtime = [n for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names if a.name.startswith("boto")]
        assert not runtime or path.relative_to(LIBRARY).parts[0] in {"s3", "aws"}, path


@pytest.mark.parametrize("heavy", ["boto3", "piexif", "zoneinfo", "aws_lambda_powertools"])
def test_importing_the_editor_does_not_import(heavy: str) -> None:
    code = f"import sys, galleria_storage.photos.photo; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
