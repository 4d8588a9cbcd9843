"""Starts the command as a process of its own: `galleria-storage`, and `python -m galleria_cli`."""

import gc
import sys
from typing import Final

#: New objects after which Python looks for cyclic garbage. Starting makes tens of thousands, all of which stay.
_OBJECTS: Final = 50_000


def start() -> int:
    """Run the command as a process, and skip the garbage collector's work at its start and end."""
    gc.set_threshold(_OBJECTS, 10, 10)
    from galleria_cli.console import main  # noqa: PLC0415 # only now: importing makes most of the objects

    status = main()
    gc.freeze()  # the process ends, so a last collection would be wasted
    return status


if __name__ == "__main__":
    sys.exit(start())
