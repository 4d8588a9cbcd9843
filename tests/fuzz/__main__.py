"""Fuzz every target for its share of SECONDS; status 1 if anything was found."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from tests.fuzz.seeds import write_seeds
from tests.fuzz.targets import TARGETS

WORK = Path(".cache/fuzz")
MEGABYTES = 512
PROCESSES = 2


def command(target: str, seconds: int, corpus: Path | None) -> list[str]:
    """Return the command that fuzzes one target."""
    folder = WORK / target
    write_seeds(target, folder / "seeds", corpus)
    (folder / "found").mkdir(exist_ok=True)
    options = [f"-max_total_time={seconds}", "-timeout=10", f"-rss_limit_mb={MEGABYTES}", "-max_len=70000"]
    options += [f"-artifact_prefix={folder / 'found'}/", "-print_final_stats=1", "-verbosity=0"]
    (folder / "corpus").mkdir(exist_ok=True)
    return [
        sys.executable,
        "-m",
        "tests.fuzz.one_target",
        target,
        *options,
        str(folder / "corpus"),
        str(folder / "seeds"),
    ]


def main() -> int:
    """Run the targets, two at a time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--targets", nargs="*", choices=TARGETS, default=list(TARGETS))
    arguments = parser.parse_args()
    folder = Path(os.environ.get("PHOTO_CORPUS", "")) if os.environ.get("PHOTO_CORPUS") else None
    corpus = folder if folder and folder.is_dir() else None
    print(f"Fuzzing with {'the photos of PHOTO_CORPUS' if corpus else 'generated photos'} as seeds")
    waves = [arguments.targets[at : at + PROCESSES] for at in range(0, len(arguments.targets), PROCESSES)]
    failed = []
    for wave in waves:
        running = {
            target: subprocess.Popen(command(target, arguments.seconds // len(waves), corpus)) for target in wave
        }
        failed += [target for target, process in running.items() if process.wait() != 0]
    print(f"FOUND something in: {', '.join(failed)}; see {WORK}" if failed else "Nothing found.")
    return int(bool(failed))


if __name__ == "__main__":
    raise SystemExit(main())
