"""The modules of a checkout as text, and what each of them imports; none is imported itself."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

LIBRARY: Final = Path("layers/galleria_storage/galleria_storage")
PAGE: Final = Path("docs/architecture.md")


@dataclass(frozen=True)
class Import:
    """One name that a module imports.

    Attributes
    ----------
    name
        Dotted; `from a import b` is `a.b`.
    when
        ``"start"``: as soon as the module itself is imported, ``"later"``: by a function, ``"typing"``: never.
    """

    name: str
    when: str

    @property
    def top(self) -> str:
        return self.name.partition(".")[0]


@dataclass(frozen=True)
class Module:
    """A Python file; `path` counts from the folder that its imports count from."""

    path: Path
    text: str

    @property
    def name(self) -> str:
        """The dotted name; a package has that of its folder."""
        return ".".join(self.path.with_suffix("").parts).removesuffix(".__init__")

    @property
    def place(self) -> str:
        """The path inside the library."""
        return Path(*self.path.parts[1:]).as_posix()

    @property
    def room(self) -> str:
        return self.path.parts[1].removesuffix(".py")

    @property
    def calls(self) -> tuple[str, ...]:
        """What the module calls, as it is written: ``open``, ``datetime.now``."""
        return _calls_of(self.text)

    @property
    def dataclasses(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The dataclasses by name, and the arguments of each decorator as they are written: ``frozen=True``."""
        return _dataclasses_of(self.text)

    @property
    def imports(self) -> tuple[Import, ...]:
        package = self.name.split(".") if self.path.stem == "__init__" else self.name.split(".")[:-1]
        return _imports_of(self.text, tuple(package))


@cache
def _calls_of(text: str) -> tuple[str, ...]:
    return tuple(ast.unparse(node.func) for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))


@cache
def _dataclasses_of(text: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(
        (node.name, tuple(map(ast.unparse, decorator.keywords)) if isinstance(decorator, ast.Call) else ())
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ClassDef)
        for decorator in node.decorator_list
        if "dataclass" in ast.unparse(decorator)
    )


@cache
def _imports_of(text: str, package: tuple[str, ...]) -> tuple[Import, ...]:
    return tuple(_imports(ast.parse(text), package, "start"))


def _imports(node: ast.AST, package: tuple[str, ...], when: str) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(alias.name, when) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            above = package[: len(package) - child.level + 1] if child.level else []
            origin = ".".join([*above, *filter(None, [child.module])])
            yield from (Import(f"{origin}.{alias.name}", when) for alias in child.names)
        elif isinstance(child, ast.Call) and (name := _imported_by_call(child)):
            yield Import(name, when)
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            yield from _imports(ast.Module(child.body, []), package, "typing")
            yield from _imports(ast.Module(child.orelse, []), package, when)
        else:
            inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from _imports(child, package, "later" if inside and when == "start" else when)


def _imported_by_call(call: ast.Call) -> str:
    """Return what `import_module("name")` or `__import__("name")` imports; empty for any other call."""
    named = ast.unparse(call.func).rpartition(".")[2] in {"import_module", "__import__"}
    name = call.args[0] if named and call.args else None
    return name.value if isinstance(name, ast.Constant) and isinstance(name.value, str) else ""


class House:
    """The library, the functions and the command above it, and the page that describes it."""

    def __init__(self, root: Path) -> None:
        library = root / LIBRARY
        self.modules = _read(library, library.parent)
        self.functions = _read(root / "functions", root)
        self.command = _read(root / "cli", root)
        self.page = (root / PAGE).read_text(encoding="utf-8")
        self.by_name = {module.name: module for module in self.modules}

    def imported(self, module: Module, *when: str) -> list[Module]:
        """Return the modules of the library that a module imports at one of the times."""
        names = [one.name for one in module.imports if one.when in when]
        found = (self.by_name.get(name) or self.by_name.get(name.rpartition(".")[0]) for name in names)
        return [one for one in found if one is not None and one is not module]


def _read(folder: Path, root: Path) -> list[Module]:
    return [Module(path.relative_to(root), path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.py"))]
