"""Reading typed values from environment variables; every error names the variable, its value and what is allowed."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from galleria_storage.errors import SettingsError
from galleria_storage.runtime.redaction import redacted


class RememberedNames(Mapping[str, str]):
    """An environment that remembers which names were read: these are the settings that exist.

    Parameters
    ----------
    env
        The environment.

    Attributes
    ----------
    names
        Names that were read, whether or not they are set.
    """

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        return self._env[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._env)

    def __len__(self) -> int:
        return len(self._env)


#: What MORE_SETTINGS may hold: rarely needed settings on which no permission of the stack's roles depends.
MORE: Final = frozenset(
    {
        "CAMERA_TIMEZONE",
        "CORS_ALLOWED_HEADERS",
        "CORS_ALLOWED_METHODS",
        "CORS_EXPOSE_HEADERS",
        "CORS_MAX_AGE_SECONDS",
        "CORS_PROBE_URL",
        "CORS_RULES",
        "DATE_FIELDS",
        "DUPLICATE_SCOPE",
        "IGNORED_KEYS",
        "METADATA_ALLOWLIST",
        "PASS_THROUGH_TYPES",
        "S3_PUBLIC_ADDRESSING",
        "S3_PUBLIC_PROFILE",
        "SIGNED_PHOTOS",
        "TARGET_TIMEZONE_OFFSET_HOURS",
    }
)


def completed(env: Mapping[str, str]) -> Mapping[str, str]:
    """Return the environment together with MORE_SETTINGS, a JSON object of further variables and their values.

    Raises
    ------
    SettingsError
        It is not such an object, or contains a variable that is not allowed in it or is also set by itself.
    """
    if not (given := text(env, "MORE_SETTINGS")):
        return env
    try:
        values = json.loads(given)
    except json.JSONDecodeError as error:
        raise SettingsError(f"MORE_SETTINGS is not JSON: {error}", tag="MORE_SETTINGS") from None
    if not isinstance(values, dict):
        raise SettingsError('MORE_SETTINGS must be a JSON object such as {"DATE_FIELDS": "all"}', tag="MORE_SETTINGS")
    for name in values:
        if name not in MORE:
            allowed = ", ".join(sorted(MORE))
            raise SettingsError(f"MORE_SETTINGS has {name!r}; allowed are {allowed}", tag="MORE_SETTINGS")
        if text(env, name):
            raise SettingsError(f"{name} is set both by itself and in MORE_SETTINGS", tag=name)
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in values.items()}
    return {**env, **texts}


def text(env: Mapping[str, str], name: str) -> str:
    """Return the value without surrounding spaces; empty if the variable is not set."""
    return env.get(name, "").strip()


def required(env: Mapping[str, str], name: str) -> str:
    """Return the value, which must not be empty."""
    if not (value := text(env, name)):
        raise SettingsError(f"{name} is not set", tag=name, advice=f"Set the environment variable {name}.")
    return value


def words(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Return the words of a comma-separated list."""
    return tuple(word for word in (part.strip() for part in text(env, name).split(",")) if word)


def matching(env: Mapping[str, str], name: str, allowed: re.Pattern[str], what: str) -> str:
    """Return a value that matches a pattern; `what` describes it."""
    if not allowed.fullmatch(value := text(env, name)):
        raise SettingsError(f"{name} is {redacted(value)!r}, which is not {what}", tag=name)
    return value


def all_matching(env: Mapping[str, str], name: str, allowed: re.Pattern[str], what: str) -> frozenset[str]:
    """Return the words of a list in lower case; each must match a pattern, described by `what`."""
    found = frozenset(word.lower() for word in words(env, name))
    for word in sorted(found):
        if not allowed.fullmatch(word):
            raise SettingsError(f"{name} has {redacted(word)!r}, which is not a {what}", tag=name)
    return found


def choice(env: Mapping[str, str], name: str, allowed: tuple[str, ...], default: str) -> str:
    """Return one of the allowed lower-case words."""
    value = text(env, name).lower() or default
    if value not in allowed:
        raise SettingsError(f"{name} is {redacted(value)!r}; allowed are {', '.join(allowed)}", tag=name)
    return value


def number(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    """Return a whole number from `low` to `high`."""
    digits = text(env, name) or str(default)
    if not (digits.isascii() and digits.isdigit() and low <= int(digits) <= high):
        raise SettingsError(f"{name} is {redacted(digits)!r}; allowed are whole numbers from {low} to {high}", tag=name)
    return int(digits)


def attempts(env: Mapping[str, str]) -> int:
    """Return how often one request is tried: AWS_MAX_ATTEMPTS, or four times.

    Source: AWS SDKs and Tools Reference Guide, "Retry behavior".
    """
    return number(env, "AWS_MAX_ATTEMPTS", 4, 1, 100)


def json_list(env: Mapping[str, str], name: str, *, within: str = "") -> list[dict[str, Any]]:
    """Read a JSON list of objects, or an object that holds it under the name `within`, as the AWS command line does."""
    try:
        value = json.loads(env[name])
    except json.JSONDecodeError as error:
        raise SettingsError(f"{name} is not JSON: {error}", tag=name) from None
    if isinstance(value, dict) and set(value) == {within}:
        value = value[within]
    if not isinstance(value, list) or not value or not all(isinstance(entry, dict) for entry in value):
        raise SettingsError(f"{name} must be a JSON list of objects with at least one entry", tag=name)
    return value
