"""Starts the command as a process of its own: `galleria-storage`, and `python -m galleria_cli`."""

import gc
import sys
from typing import Final

#: Objects after which Python looks for garbage in circles. A start makes tens of thousands that all stay.
_OBJECTS: Final = 50_000


def start() -> int:
    """Run the command for this process, whose first and last moments are spared what only a long life needs."""
    gc.set_threshold(_OBJECTS, 10, 10)
    from galleria_cli.console import main  # noqa: PLC0415 # only now: importing makes most of the objects

    status = main()
    gc.freeze()  # the process ends: nobody needs to look through all that is there once more
    return status


if __name__ == "__main__":
    sys.exit(start())
