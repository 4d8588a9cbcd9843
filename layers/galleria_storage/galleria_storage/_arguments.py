"""The arguments of `s3_storage`, accepted in every sensible form and otherwise refused with a clear message."""

import os
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path, PurePath
from typing import Any, Final

from galleria_storage.errors import ArgumentError

_LISTS: Final = ("AllowedMethods", "AllowedOrigins", "AllowedHeaders", "ExposeHeaders")


def client_argument(value: Any) -> Any:
    """Take a boto3 client for S3."""
    if not any(callable(getattr(value, call, None)) for call in ("head_object", "get_bucket_cors")):
        raise _refused("client", value, "a client such as get_s3_client returns")
    return value


def text_argument(name: str, value: Any) -> str:
    """Take a text; a path is written with slashes, and None is empty."""
    if value is None:
        return ""
    if isinstance(value, PurePath):
        return value.as_posix()
    if not isinstance(value, str):
        raise _refused(name, value, "a text")
    return value


def name_argument(name: str, value: Any) -> str:
    """Take a text that must not be empty."""
    if not (text := text_argument(name, value)):
        raise ArgumentError(f"{name} is empty", tag=name)
    return text


def path_argument(name: str, value: Any) -> Path:
    """Take a path: a text, or an object that is one."""
    if not isinstance(value, str | os.PathLike) or not isinstance(os.fspath(value), str):
        raise _refused(name, value, "a path")
    return Path(value)


def bytes_argument(name: str, value: Any) -> bytes:
    """Take bytes in any object that holds them in memory."""
    if not isinstance(value, bytes | bytearray | memoryview):
        raise _refused(name, value, "bytes")
    return bytes(value)


def content_argument(name: str, value: Any) -> Path | bytes:
    """Take a path, or the content itself."""
    return bytes(value) if isinstance(value, bytes | bytearray | memoryview) else path_argument(name, value)


def callback_argument(name: str, value: Any) -> Any:
    """Take a function, or None."""
    if value is not None and not callable(value):
        raise _refused(name, value, "a function or None")
    return value


def time_argument(name: str, value: Any) -> datetime:
    """Take a time, or a text such as ``2024-06-15T10:30:45`` (ISO 8601)."""
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        raise _refused(name, value, "a datetime or a text such as 2024-06-15T10:30:45")
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise ArgumentError(f"{name} is {value!r}; allowed are texts such as 2024-06-15T10:30:45", tag=name) from None


def hours_argument(name: str, value: Any) -> Fraction:
    """Take a number of hours, or a text that is one."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal | Fraction):
        raise _refused(name, value, "a number of hours")
    try:
        return Fraction(value)
    except (ValueError, OverflowError, ZeroDivisionError):  # not a number, or not a finite one
        raise ArgumentError(f"{name} is {value!r}; allowed is a number of hours such as 2 or -3.5", tag=name) from None


def rules_argument(name: str, value: Any) -> list[dict[str, Any]]:
    """Take CORS rules: a list, or the document of the AWS command line, ``{"CORSRules": […]}``."""
    if isinstance(value, Mapping) and set(value) == {"CORSRules"}:
        value = value["CORSRules"]
    if not isinstance(value, list | tuple):
        raise _refused(name, value, 'a list of rules, or {"CORSRules": […]}')
    for rule in value:
        if not isinstance(rule, Mapping):
            raise _refused(f"a rule in {name}", rule, "a dictionary")
        for field in _LISTS:
            values = rule.get(field) or []
            if not isinstance(values, list | tuple) or not all(isinstance(entry, str) for entry in values):
                raise _refused(f"{field} in {name}", rule[field], "a list of texts")
        age = rule.get("MaxAgeSeconds")
        if age is not None and (isinstance(age, bool) or not isinstance(age, int)):
            raise _refused(f"MaxAgeSeconds in {name}", age, "a whole number")
    return [dict(rule) for rule in value]


def _refused(name: str, value: Any, allowed: str) -> ArgumentError:
    """Name the argument, its type and what is allowed, but not its value, which may be a secret or a whole photo."""
    return ArgumentError(f"{name} is of type {type(value).__name__}; allowed is {allowed}", tag=name)
