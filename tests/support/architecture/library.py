"""The rules of docs/architecture.md, checked over any checkout or copy of one.

`problems(root)` reads the modules as text and imports none of them, so a copy in which a rule was broken on purpose
shows whether the rule is enforced. Each rule is a function from the modules to sentences.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from tests.support.architecture.house import PAGE, House

#: Room -> what it may import: rooms that come before it in docs/architecture.md.
ARROWS: Final[dict[str, set[str]]] = {
    "errors": set(),
    "runtime": {"errors"},
    "corrections": {"errors"},
    "photos": {"corrections", "errors"},
    "clocks": {"photos", "corrections", "errors"},
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
#: Rooms that only compute; where they read something, it is Python's own data about time zones.
PURE: Final = {"clocks", "corrections", "photos", "errors"}
INPUT_OUTPUT: Final = {
    "asyncio", "concurrent", "ctypes", "ftplib", "http", "io", "logging", "mmap", "multiprocessing", "os", "pathlib",
    "random", "secrets", "select", "shutil", "signal", "smtplib", "socket", "sqlite3", "ssl", "subprocess", "sys",
    "tempfile", "threading", "time", "urllib", "uuid",
}  # fmt: skip
ALLOWED_INPUT: Final = {("corrections/zones.py", "pathlib")}  # where the package `tzdata` keeps its list of zones
#: The SDK, its parts, and the rooms that may know them.
SDK: Final = {"boto3", "botocore", "s3transfer", "urllib3"}
SDK_ROOMS: Final = {"s3", "aws"}
#: Functions of Python itself that read or write, or ask for the time of day.
ASKING: Final = {"open", "print", "input"}
CLOCKS: Final = {"now", "today", "utcnow"}
#: What makes a cold start slow: imported by the function that needs it, when it needs it.
HEAVY: Final = SDK | {"anycrc", "aws_lambda_powertools", "aws_xray_sdk", "brotli", "piexif", "tzdata", "zoneinfo"}
#: Both functions log and count from the first line on, so that waiting would save nothing.
ALLOWED_HEAVY: Final = {("runtime/observability.py", "aws_lambda_powertools")}
#: What serves people at a terminal and tests; the layer does not carry it.
FOR_PEOPLE: Final = {
    "PIL", "click", "moto", "pillow_heif", "platformdirs", "rawpy", "rich", "starlette", "typer", "uvicorn",
    "galleria_cli",
}  # fmt: skip
MOST_LINES: Final = 300
#: Where in a path its part of the command is named: cli/galleria_cli/PART.
COMMAND_DEPTH: Final = 2

#: Names that several modules have, since they are the same thing of different owners.
REPEATED: Final = {
    "planner": "a format's own planner, in its folder",
    "metadata": "a format's own list of blocks of metadata, in its folder",
    "app": "where Lambda finds the handler of a function, in its folder",
    "completion": "the subcommand of this name, and what it does",
    "manifest": "the subcommand of this name, and what it does",
}
#: Dataclasses that collect what happens, each owned by one run.
CHANGING: Final = {"DirectoryUpload", "Errand"}


def problems(root: Path) -> list[str]:
    """Return what breaks a rule in the checkout at `root`, one sentence each that begins with the file."""
    house = House(root)
    return [problem for rule in RULES for problem in rule(house)]


def arrows_point_down(house: House) -> Iterator[str]:
    """Each room imports only what `ARROWS` allows, at whatever time."""
    for module in house.modules:
        if module.name == "galleria_storage":
            continue
        if module.room not in ARROWS:
            yield f"{module.place}: the room {module.room} is not in the order of the rooms"
            continue
        rooms = {one.name.split(".")[1] for one in module.imports if one.name.startswith("galleria_storage.")}
        for room in sorted(rooms - {module.room} - ARROWS[module.room]):
            yield f"{module.place}: {module.room} may not import {room}"


def arrows_have_no_circle(house: House) -> Iterator[str]:
    """The order of the rooms has no cycles."""
    del house
    yield from _circles(ARROWS, "the order of the rooms")


def modules_have_no_circle(house: House) -> Iterator[str]:
    """No module leads back to itself, not even through an import that waits."""
    graph = {m.place: {one.place for one in house.imported(m, "start", "later", "typing")} for m in house.modules}
    yield from _circles(graph, "modules")


def _circles(graph: Mapping[str, Iterable[str]], what: str) -> Iterator[str]:
    done: set[str] = set()

    def walk(name: str, way: list[str]) -> Iterator[str]:
        if name in way:
            yield f"{name}: a circle of {what}: {' > '.join([*way[way.index(name) :], name])}"
        elif name not in done:
            for other in sorted(graph.get(name, ())):
                yield from walk(other, [*way, name])
            done.add(name)

    for name in sorted(graph):
        yield from walk(name, [])


def pure_rooms_only_compute(house: House) -> Iterator[str]:
    """A pure room reads and writes nothing, and does not ask for the time of day."""
    for module in (module for module in house.modules if module.room in PURE):
        for one in module.imports:
            if one.top in INPUT_OUTPUT and (module.place, one.top) not in ALLOWED_INPUT:
                yield f"{module.place}: {module.room} is pure and may not import {one.name}"
        for call in module.calls:
            if call in ASKING or call.rpartition(".")[2] in CLOCKS:
                yield f"{module.place}: {module.room} is pure and may not call {call}"


def only_providers_know_the_sdk(house: House) -> Iterator[str]:
    """The SDK is imported in `s3` and `aws`; its types may be named anywhere."""
    for module in [*house.modules, *house.functions]:
        for one in module.imports:
            if one.top in SDK and one.when != "typing" and module.room not in SDK_ROOMS:
                yield f"{module.place}: only {' and '.join(sorted(SDK_ROOMS))} import {one.top}"


def heavy_imports_wait(house: House) -> Iterator[str]:
    """Nothing heavy is imported before it is needed."""
    for module in [*house.modules, *house.functions]:
        for one in module.imports:
            if one.top in HEAVY and one.when == "start" and (module.place, one.top) not in ALLOWED_HEAVY:
                yield f"{module.place}: {one.top} is heavy; import it in the function that needs it"


def functions_import_nothing_for_people(house: House) -> Iterator[str]:
    """Neither a function nor any module it reaches imports the command, or what the layer does not carry."""
    reached, waiting = {*house.functions}, [*house.functions]
    while waiting:
        new = [one for one in house.imported(waiting.pop(), "start", "later") if one not in reached]
        reached.update(new)
        waiting.extend(new)
    for module in sorted({*reached, *house.modules}, key=lambda module: module.path):
        for one in module.imports:
            if one.top in FOR_PEOPLE:
                yield f"{module.place}: no function and no part of the library imports {one.top}"


def modules_fit_in_one_reading(house: House) -> Iterator[str]:
    """A module is short."""
    for module in [*house.modules, *house.functions, *house.command]:
        if (lines := len(module.text.splitlines())) > MOST_LINES:
            yield f"{module.place}: {lines} lines; {MOST_LINES} are allowed"


def names_say_one_thing(house: House) -> Iterator[str]:
    """No two modules have one name, unless it is listed with a reason."""
    places: dict[str, list[str]] = {}
    for module in [*house.modules, *house.functions, *house.command]:
        places.setdefault(module.path.stem, []).append(module.path.as_posix())
    for name, found in places.items():
        if len(found) > 1 and not name.startswith("__") and name not in REPEATED:
            yield f"{found[-1]}: {found[0]} is a {name}, too; a name says one thing"
    for name in REPEATED:
        if len(places.get(name, ())) < 2:  # twice
            yield f"{name}: only one module has this name; it needs no exception any more"


def classes_say_one_thing(house: House) -> Iterator[str]:
    """No two classes that other modules may use have one name."""
    places: dict[str, str] = {}
    for module in [*house.modules, *house.functions, *house.command]:
        for name in re.findall(r"^class ([A-Za-z]\w*)", module.text, re.MULTILINE):
            if name in places:
                yield f"{module.path.as_posix()}: {places[name]} has a class {name}, too; a name says one thing"
            places[name] = module.path.as_posix()


def values_do_not_change(house: House) -> Iterator[str]:
    """A dataclass of the library is a value, unless it is listed; a misspelt attribute is an error in any case."""
    for module in house.modules:
        for name, arguments in module.dataclasses:
            wanted = {"slots=True"} if name in CHANGING else {"frozen=True", "slots=True"}
            for missing in sorted(wanted.difference(arguments)):
                yield f"{module.place}: the dataclass {name} needs {missing}"


def every_module_is_on_the_page(house: House) -> Iterator[str]:
    """The page names each module in the section of its room, as it names the rooms."""
    sections = dict(re.findall(r"^### `(\w+)`(.*?)(?=^##|\Z)", house.page, re.MULTILINE | re.DOTALL))
    for module in house.modules:
        if module.path.stem == "__init__":
            continue
        if module.room not in sections:
            yield f"{module.place}: {PAGE} has no section on {module.room}"
        elif len(module.path.parts) > 2:  # a room of one module is named by its heading
            named = re.findall(r"\w+", " ".join(re.findall(r"`([^`]+)`", sections[module.room])))
            if module.path.stem not in named:
                yield f"{module.place}: {PAGE} does not name {module.path.stem} in the section on {module.room}"


def the_page_names_the_parts_of_the_command(house: House) -> Iterator[str]:
    """The section on the command names its modules, and its folders as a whole."""
    (section,) = re.findall(r"^## The command\n(.*?)(?=^## |\Z)", house.page, re.MULTILINE | re.DOTALL)
    named = re.findall(r"\w+", " ".join(re.findall(r"`([^`]+)`", section)))
    for module in house.command:
        part = module.path.parts[COMMAND_DEPTH].removesuffix(".py")
        if not part.startswith("__") and part not in named:
            yield f"{module.path.as_posix()}: {PAGE} does not name {part} in the section on the command"


def the_page_goes_from_the_bottom_up(house: House) -> Iterator[str]:
    """The page describes a room after all rooms that it imports."""
    described: list[str] = []
    for room in re.findall(r"^### `(\w+)`", house.page, re.MULTILINE):
        for other in sorted(ARROWS.get(room, set()).difference(described)):
            yield f"{PAGE}: {room} imports {other}, which is described after it"
        described.append(room)


def the_page_names_only_rooms_that_exist(house: House) -> Iterator[str]:
    """No section describes what no longer exists."""
    rooms = {module.room for module in house.modules}
    for room in re.findall(r"^### `(\w+)`", house.page, re.MULTILINE):
        if room not in rooms:
            yield f"{PAGE}: there is no room {room}"


RULES: Final[tuple[Callable[[House], Iterator[str]], ...]] = (
    arrows_point_down,
    arrows_have_no_circle,
    modules_have_no_circle,
    pure_rooms_only_compute,
    only_providers_know_the_sdk,
    heavy_imports_wait,
    functions_import_nothing_for_people,
    modules_fit_in_one_reading,
    names_say_one_thing,
    classes_say_one_thing,
    values_do_not_change,
    every_module_is_on_the_page,
    the_page_names_the_parts_of_the_command,
    the_page_goes_from_the_bottom_up,
    the_page_names_only_rooms_that_exist,
)
