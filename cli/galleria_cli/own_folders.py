"""The platform's folders for settings and caches.

On Linux those are two environment variables with defaults (XDG Base Directory Specification), read here: importing
platformdirs would be a tenth of the time that an unchanged folder takes. Elsewhere platformdirs finds them.
"""

import os
import sys
from pathlib import Path
from typing import Final

_APPLICATION: Final = "galleria-storage"


def config_folder() -> Path:
    """Return the folder for saved settings."""
    if _is_linux():
        return _folder("XDG_CONFIG_HOME", ".config")
    from platformdirs import user_config_path  # noqa: PLC0415 # slow, see above

    return Path(user_config_path(_APPLICATION))


def cache_folder() -> Path:
    """Return the folder for caches, which may be deleted at any time."""
    if _is_linux():
        return _folder("XDG_CACHE_HOME", ".cache")
    from platformdirs import user_cache_path  # noqa: PLC0415 # slow, see above

    return Path(user_cache_path(_APPLICATION))


def _is_linux() -> bool:
    return sys.platform == "linux" and "ANDROID_ROOT" not in os.environ


def _folder(variable: str, usual: str) -> Path:
    """Return the application's folder; the specification has relative values ignored."""
    given = os.environ.get(variable, "").strip()
    base = given if os.path.isabs(given) else os.path.join(os.path.expanduser("~"), usual)  # noqa: PTH111, PTH117, PTH118 # texts, as the variable is one
    return Path(base, _APPLICATION)
