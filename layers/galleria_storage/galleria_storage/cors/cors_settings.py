"""The settings of the audit function, read once from the environment into one typed object."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from galleria_storage.errors import SettingsError
from galleria_storage.runtime.environment import choice, json_list, number, text, words
from galleria_storage.s3.access import BucketAccess, ProviderAccess, public_bucket, public_provider

CorsMode = Literal["audit", "repair", "merge"]


@dataclass(frozen=True, slots=True)
class CorsTarget:
    """A bucket whose rules are audited.

    Attributes
    ----------
    access
        The bucket, and how to reach it.
    probe_url
        Public URL of a known object in it, to be requested as a browser would; empty for no probe.
    """

    access: BucketAccess
    probe_url: str = ""


@dataclass(frozen=True, slots=True)
class CorsSettings:
    """What the audit function needs to know: the expected rules, and the buckets.

    Attributes
    ----------
    mode
        `audit` never writes, `repair` writes exactly the expected rules,
        `merge` keeps foreign rules.
    buckets
        The buckets to audit.
    origins, methods, headers, expose_headers, max_age_seconds
        The expected rule; by default that of Galleria's storage service.
    rules
        Expected rules as a document; None for the one rule of the fields above.
    event_bus_name
        Where drift and repair are announced; empty: only in the log.
    """

    mode: CorsMode
    buckets: tuple[CorsTarget, ...]
    origins: tuple[str, ...] = ("*",)
    methods: tuple[str, ...] = ("GET", "HEAD")
    headers: tuple[str, ...] = ("*",)
    expose_headers: tuple[str, ...] = ("ETag",)
    max_age_seconds: int = 3600
    rules: tuple[Mapping[str, Any], ...] | None = None
    event_bus_name: str = ""


def cors_settings(env: Mapping[str, str]) -> CorsSettings:
    """Read what the audit function needs.

    Raises
    ------
    SettingsError
        A setting is missing, contradictory or out of range; the message names it.
    """
    mode = choice(env, "CORS_MODE", get_args(CorsMode), "repair")
    return CorsSettings(
        mode=mode,  # type: ignore[arg-type] # `choice` allows nothing else
        buckets=_cors_buckets(env),
        origins=words(env, "CORS_ALLOWED_ORIGINS") or ("*",),
        methods=tuple(m.upper() for m in words(env, "CORS_ALLOWED_METHODS")) or ("GET", "HEAD"),
        headers=words(env, "CORS_ALLOWED_HEADERS") or ("*",),
        expose_headers=words(env, "CORS_EXPOSE_HEADERS") or ("ETag",),
        max_age_seconds=number(env, "CORS_MAX_AGE_SECONDS", 3600, 0, 86400),
        rules=_cors_rules(env),
        event_bus_name=text(env, "EVENT_BUS_NAME"),
    )


def _cors_buckets(env: Mapping[str, str]) -> tuple[CorsTarget, ...]:
    """Read CORS_BUCKETS: names (reached like the public bucket) or a JSON list of objects; empty: the public bucket."""
    if text(env, "CORS_BUCKETS").startswith("["):
        return tuple(_target_of_json(entry) for entry in json_list(env, "CORS_BUCKETS"))
    probe_url, names = text(env, "CORS_PROBE_URL"), words(env, "CORS_BUCKETS")
    if not names:
        return (CorsTarget(public_bucket(env), probe_url),)
    provider = public_provider(env)
    probed = text(env, "S3_PUBLIC_BUCKET") if len(names) > 1 else names[0]  # one URL shows one bucket
    return tuple(
        CorsTarget(BucketAccess(name, provider).check("CORS_BUCKETS: "), probe_url if name == probed else "")
        for name in names
    )


def _target_of_json(entry: Mapping[str, Any]) -> CorsTarget:
    allowed = {"bucket", "probe_url", *ProviderAccess.__dataclass_fields__}
    for name, value in entry.items():
        if name not in allowed:
            raise SettingsError(
                f"CORS_BUCKETS has the unknown field {name!r}; allowed are {', '.join(sorted(allowed))}",
                tag="CORS_BUCKETS",
            )
        if not isinstance(value, str):
            shown = "…" if "key" in name else repr(value)
            raise SettingsError(f"CORS_BUCKETS has {name} = {shown}; allowed are texts", tag="CORS_BUCKETS")
    account = {name: value for name, value in entry.items() if name not in {"bucket", "probe_url"}}
    access = BucketAccess(entry.get("bucket", ""), ProviderAccess(**account)).check("CORS_BUCKETS: ")
    return CorsTarget(access, entry.get("probe_url", ""))


def _cors_rules(env: Mapping[str, str]) -> tuple[Mapping[str, Any], ...] | None:
    return tuple(json_list(env, "CORS_RULES", within="CORSRules")) if text(env, "CORS_RULES") else None
