"""Fuzz one target until libFuzzer ends the process; what it finds is written beside the corpus."""

import sys

import atheris

with atheris.instrument_imports(include=["galleria_storage"]):
    from tests.fuzz.targets import TARGETS, bounded

if __name__ == "__main__":
    target = bounded(TARGETS[sys.argv[1]])
    atheris.Setup([sys.argv[0], *sys.argv[2:]], target)
    atheris.Fuzz()
