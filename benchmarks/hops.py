"""`make hops`: how many files a photo passes on its way from event to copy, and how often it goes from one to another.

The real function publishes two photos on an S3 inside the process: one whose
time is changed in place, one that grows by an offset. `sys.setprofile` sees
every call. A hop is a call from one file of the library (or the handler) into
another; what lies between, of Python, does not count. Where the SDK lies
between, it has called the library back, to sign a request or to read an
answer: these calls are counted apart. Reported are the hops of a warm
invocation, and between which files there are most.
"""

import argparse
import io
import opcode
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, Final, NamedTuple

import galleria_storage
from benchmarks.camera_photo import camera_photo
from galleria_cli.demo.embedded import STAGING_BUCKET, EmbeddedSystem, embedded_system

_LIBRARY: Final = f"{Path(galleria_storage.__file__).parent}/"
_HANDLER: Final = "publish_photo/app.py"
_SDK: Final = "the SDK"
_RESUME: Final = opcode.opmap["RESUME"]
_CASES: Final[Mapping[str, Mapping[str, str]]] = {
    "in place": {"timestamp-offset-hours": "-2"},
    "with growth": {"timestamp-offset-hours": "-2", "target-timezone": "Europe/Stockholm"},
}


class Hop(NamedTuple):
    """A call from one file into another: each as file and function; `start` is the SDK where it called back."""

    start: str
    caller: str
    end: str
    called: str


class Way(NamedTuple):
    """What one invocation passed: the files of the library that did something, and all hops in order."""

    files: frozenset[str]
    hops: Sequence[Hop]

    @property
    def own(self) -> list[Hop]:
        """The hops without those that the SDK made."""
        return [hop for hop in self.hops if hop.start != _SDK]

    @property
    def within_photos(self) -> int:
        """How many hops lead from one file of `photos/` to another."""
        return sum(hop.start.startswith("photos/") and hop.end.startswith("photos/") for hop in self.hops)


def main() -> int:
    """Print the table of docs/architecture.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=10, metavar="N", help="how many pairs of files to show")
    parser.add_argument("--calls", action="store_true", help="show every call, in order")
    options = parser.parse_args()
    ways = measure()
    print("| a photo | files | hops | of them within `photos/` | called back by the SDK |\n|---|---|---|---|---|")
    for name, way in ways.items():
        own = way.own
        print(f"| {name} | {len(way.files)} | {len(own)} | {way.within_photos} | {len(way.hops) - len(own)} |")
    for name, way in ways.items():
        print(f"\n{name}:")
        for (start, end), count in Counter((hop.start, hop.end) for hop in way.own).most_common(options.most):
            print(f"{count:5}  {start} → {end}")
        for hop, count in Counter(way.hops).items() if options.calls else ():
            print(f"{count:5}  {hop.start} {hop.caller} → {hop.end} {hop.called}")
    return 0


def measure() -> dict[str, Way]:
    """Publish a photo of each case with a warm function, and return its way."""
    photo = camera_photo(0.3)
    with embedded_system(io.StringIO(), {}) as system:
        _publish(system, "warm.jpg", photo, _CASES["with growth"], lambda work: work())
        ways = {}
        for name, metadata in _CASES.items():
            hops: list[Hop] = []
            files: set[str] = set()
            with _profiled(files, hops) as run:
                _publish(system, f"{name}.jpg", photo, metadata, run)
            ways[name] = Way(frozenset(files), hops)
    return ways


def _publish(
    system: EmbeddedSystem, key: str, photo: bytes, metadata: Mapping[str, str], run: Callable[[Callable[[], Any]], Any]
) -> None:
    """Put a photo into staging, and let the function publish it under `run`."""
    system.s3.put_object(Bucket=STAGING_BUCKET, Key=key, Body=photo, Metadata=dict(metadata))
    event = [event for event in system.events() if event.get("Records")][-1]
    (outcome,) = run(lambda: system.publish_photo(event, None))["outcomes"]
    if outcome["outcome"] != "published":
        sys.exit(f"{key} was not published: {outcome}")


@contextmanager
def _profiled(files: set[str], hops: list[Hop]) -> Iterator[Callable[[Callable[[], Any]], Any]]:
    """Yield a function that runs work and counts its hops."""

    def watch(frame: FrameType, event: str, _argument: Any) -> None:
        if event != "call" or not (place := _place(frame)) or _resumes(frame):
            return
        files.add(place)
        caller = frame.f_back
        while caller and not (start := _place(caller) or _sdk(caller)):
            caller = caller.f_back
        if caller and start != place:
            hops.append(Hop(start, caller.f_code.co_qualname, place, frame.f_code.co_qualname))

    def run(work: Callable[[], Any]) -> Any:
        sys.setprofile(watch)
        try:
            return work()
        finally:
            sys.setprofile(None)

    yield run
    files.discard(_HANDLER)


def _resumes(frame: FrameType) -> bool:
    """Whether a generator goes on, which is not a call: the argument of its RESUME instruction is not 0 then."""
    code, at = frame.f_code.co_code, frame.f_lasti
    return code[at] == _RESUME and bool(code[at + 1] & 3)


def _sdk(frame: FrameType) -> str:
    return _SDK if "/botocore/" in frame.f_code.co_filename else ""


def _place(frame: FrameType) -> str:
    """Return the file of a frame within the library, or the handler; empty for all others."""
    name = frame.f_code.co_filename
    if name.startswith(_LIBRARY):
        return name[len(_LIBRARY) :]
    return _HANDLER if name.endswith(_HANDLER) else ""


if __name__ == "__main__":
    sys.exit(main())
