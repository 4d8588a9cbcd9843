"""Settings saved on this computer: profiles in one TOML file, in the platform's usual folder.

A profile is a table of settings by name: ``[studio]``, ``STAGING_BUCKET = "…"``. The profile ``default`` fills in what
the environment does not set; a profile that is named (`--profile`, GALLERIA_PROFILE) overrides the environment.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from galleria_cli.own_folders import config_folder
from galleria_cli.replacing import replace_text
from galleria_storage.errors import LocalFileError, SettingsError

DEFAULT: Final = "default"
_OWNER_ALONE: Final = 0o600
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


def path() -> Path:
    """Return where the file is, or would be; GALLERIA_CONFIG names another place."""
    if given := os.environ.get("GALLERIA_CONFIG", "").strip():
        return Path(given)
    return config_folder() / "config.toml"


def apply(name: str | None) -> None:
    """Put the settings of a profile into the environment.

    Raises
    ------
    SettingsError
        The named profile does not exist, or the file cannot be understood.
    """
    profiles = read()
    wanted = name or os.environ.get("GALLERIA_PROFILE", "").strip()
    if wanted and wanted not in profiles:
        known = ", ".join(profiles) or "none; make one with `galleria-storage setup`"
        raise SettingsError(f"there is no profile {wanted!r} in {path()}; there are: {known}", tag="--profile")
    for setting, value in profiles.get(wanted or DEFAULT, {}).items():
        if wanted or setting not in os.environ:
            os.environ[setting] = value


def read() -> dict[str, dict[str, str]]:
    """Return all profiles, or none if the file does not exist."""
    place = path()
    try:
        content = place.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise LocalFileError(f"{place} cannot be read: {error.strerror or error}") from error
    import tomllib  # noqa: PLC0415 # many have no such file

    try:
        found = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{place} is not TOML: {error}", tag="--profile") from None
    for name, values in found.items():
        if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
            raise SettingsError(f"{place}: {name} must be a table of texts", tag="--profile")
    return found


def save(name: str, values: Mapping[str, str]) -> Path:
    """Add or replace a profile; only the owner may read the file.

    Raises
    ------
    SettingsError
        A profile cannot have this name.
    LocalFileError
        It cannot be written.
    """
    if not _NAME.fullmatch(name):
        raise SettingsError(f"the profile is called {name!r}; allowed are letters, digits, _ and -", tag="--profile")
    import tomlkit  # noqa: PLC0415 # only here: it keeps the comments of the others

    document = tomlkit.parse(path().read_text(encoding="utf-8")) if read() else tomlkit.document()
    document[name] = dict(values)
    text = tomlkit.dumps(document)
    place = path()
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LocalFileError(f"{place} cannot be written: {error.strerror or error}") from error
    replace_text(place, text, _OWNER_ALONE)
    return place
