"""Waiting until each pushed photo has its copy, or it is clear that there will be none."""

import os
import time
from collections.abc import Callable, Sequence
from typing import Final

from galleria_cli.places import public_store
from galleria_cli.reporting import Report
from galleria_storage.errors import GalleriaError
from galleria_storage.publishing.fingerprint import CAPTURED_AFTER, RUN, is_ours, is_result
from galleria_storage.publishing.publish_settings import publish_settings
from galleria_storage.publishing.wishes import Wishes
from galleria_storage.s3.objects import ObjectStore

_FIRST_PAUSE_SECONDS: Final = 0.5
_LONGEST_PAUSE_SECONDS: Final = 10.0


def follow(  # noqa: PLR0917 # what a wait needs
    report: Report,
    staging: ObjectStore,
    keys: Sequence[str],
    began: float,
    seconds: float,
    sleep: Callable[[float], None] = time.sleep,
) -> bool:
    """Report each photo's outcome as it becomes known; return whether all are published.

    Parameters
    ----------
    began
        When the push began, in seconds since 1970: a copy written since then is the function's, whatever its settings
        are.
    seconds
        How long to wait at most.
    """
    settings = publish_settings({**os.environ, "STAGING_BUCKET": staging.bucket})
    public, wishes = public_store(), Wishes(staging, settings)
    waiting, pause, until = list(keys), _FIRST_PAUSE_SECONDS, time.monotonic() + seconds
    right = True
    while waiting:
        left = []
        for key in waiting:
            try:
                captured = _outcome(public, wishes, key, began)
            except GalleriaError as error:
                if not error.permanent:
                    raise
                right = False
                report.file("rejected", key, wrong=True, key=key, reason=error.message)
            else:
                if captured is None:
                    left.append(key)
                else:
                    report.file("published", key, key=key, asked=captured)
        waiting = left
        if waiting and time.monotonic() >= until:
            break
        if waiting:
            sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
    for key in waiting:
        report.file(
            "unknown", key, wrong=True, key=key, reason=f"no copy after {seconds:.0f} s; see `problems` or `status`"
        )
    return right and not waiting


def _outcome(public: ObjectStore, wishes: Wishes, key: str, began: float) -> str | None:
    """Return the copy's capture time (empty if it has none), or None as long as there is no copy."""
    found = public.head(key)
    if found is None or not is_ours(found):
        return None
    wish = wishes.look(key)
    written = found.metadata[RUN].partition("-")[0]
    fresh = written.isdigit() and int(written) >= int(began)
    if fresh or (wish and is_result(found, wish.fingerprint)):
        return found.metadata.get(CAPTURED_AFTER, "")
    return None
