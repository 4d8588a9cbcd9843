"""Hooks for Lambda SnapStart: an environment is started from a snapshot of one that was initialised before.

What was made before the snapshot is the same in every environment that starts
from it. Clients may be (they hold no connection yet, and credentials are
fetched anew when they expire); random numbers may not, since all environments
would wait the same jitter. Source: Lambda Developer Guide, "Handle uniqueness
with Lambda SnapStart" and "Lambda SnapStart runtime hooks for Python".
"""

import os
import random
from collections.abc import Callable, Mapping


def register(close_connections: Callable[[], None] = lambda: None, env: Mapping[str, str] = os.environ) -> bool:
    """Register what has to be done around a snapshot; elsewhere do nothing, and import nothing.

    Parameters
    ----------
    close_connections
        Drops connections that were made during initialisation: their other
        ends are gone when the snapshot is restored.
    env
        Lambda names the kind of initialisation in it.

    Returns
    -------
    bool
        Whether this environment is being initialised for a snapshot.
    """
    if env.get("AWS_LAMBDA_INITIALIZATION_TYPE") != "snap-start":
        return False
    # A module of the managed runtime; `register` returns before this line everywhere else.
    from snapshot_restore_py import register_after_restore, register_before_snapshot  # noqa: PLC0415

    register_before_snapshot(close_connections)
    register_after_restore(random.seed)
    return True
