"""The rules for the tests themselves, checked over any folder that has `tests/` in it."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

#: A helper with fewer parts is too short to be worth sharing.
_SHORT: Final = 10


def problems(root: Path) -> list[str]:
    """Return what is wrong with the tests and benchmarks below `root`, one sentence each."""
    sources = sorted(path for folder in ("tests", "benchmarks") for path in (root / folder).rglob("*.py"))
    imports = (
        f"{path.relative_to(root)}: {problem}"
        for path in sources
        for name in _imported(path, root)
        for problem in _judged(root, name)
    )
    return [*_outside_rooms(root), *imports, *_twins(root, sources)]


def _outside_rooms(root: Path) -> Iterator[str]:
    for path in sorted((root / "tests/support").glob("*.py")):
        yield f"{path.relative_to(root)}: it is in no room; what tests share is in the rooms of tests/support"


def _twins(root: Path, sources: Iterable[Path]) -> Iterator[str]:
    """Yield helpers, methods too, with the same body; not fixtures, which pytest finds by their place."""
    known: dict[str, str] = {}
    for path in sources:
        place = path.relative_to(root).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.FunctionDef) or node.decorator_list or node.name.startswith("test_"):
                continue
            body = ast.Module(node.body[1:] if ast.get_docstring(node) else node.body, [])
            if sum(1 for _ in ast.walk(body)) < _SHORT:
                continue
            if other := known.get(text := ast.unparse(body)):
                yield f"{place}: {node.name} is the same as in {other}; what is shared is written once"
            known.setdefault(text, place)


def _imported(path: Path, root: Path) -> Iterator[str]:
    """Yield the dotted names of `tests` that a module imports, each with the name that is taken from it."""
    package = path.relative_to(root).parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            origin = ".".join([*above, *filter(None, [node.module])])
            names = [f"{origin}.{alias.name}" for alias in node.names]
        yield from (name for name in names if name.startswith("tests."))


def _judged(root: Path, name: str) -> Iterator[str]:
    module = root.joinpath(*name.split("."))
    if not (_exists(module) or _is_module(module.parent)):
        yield f"{name} does not exist; what tests share is in the rooms of tests/support"
    if any(part == "conftest" or part.startswith("test_") for part in name.split(".")[:-1]):
        yield f"{name} is taken out of a conftest or a test; what tests share belongs in tests/support"


def _exists(module: Path) -> bool:
    return module.is_dir() or _is_module(module)


def _is_module(module: Path) -> bool:
    return module.with_suffix(".py").exists() or (module / "__init__.py").exists()
