"""All settings, read once from the environment into one typed object.

Environment variables are named as `docs/architecture.md` and the template
name them. Reading is pure: nothing is looked up over the network here. The
values behind `S3_PUBLIC_SECRET_ARN` are fetched by `s3.secrets`.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, get_args

from galleria_storage.errors import SettingsError

CorsMode = Literal["audit", "repair", "merge"]
DuplicateScope = Literal["key", "bucket"]

#: Environment variable -> correction key (the table of corrections in `exif.correction`).
DEFAULT_CORRECTION_VARIABLES: Final = {
    "TIMESTAMP_OFFSET_HOURS": "timestamp-offset-hours",
    "CAMERA_TIMEZONE": "camera-timezone",
    "TARGET_TIMEZONE_OFFSET_HOURS": "target-timezone-offset-hours",
    "TARGET_TIMEZONE": "target-timezone",
}
PROFILE_NAMES: Final = ("aws", "ceph", "minio", "seaweedfs", "r2", "b2", "generic")
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,254}")
_URL_OR_EMPTY = re.compile(r"(https?://[^\s/]+\S*)?")
_HEADER_NAME = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile(r"[\x20-\x7e]*")
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+")


@dataclass(frozen=True, slots=True)
class BucketAccess:
    """One bucket and how to reach it.

    Attributes
    ----------
    bucket
        Name of the bucket.
    endpoint
        URL with or without a scheme; empty means AWS.
    region
        Empty means the environment's own.
    access_key, secret_key
        Empty means the role or profile of the environment. Never printed.
    profile
        Name of a provider profile, or empty: by endpoint, else probed.
    secret_arn
        Secrets Manager secret that holds the same values, or empty.
    probe_url
        Public URL of a known object, for the CORS probe; empty means none.
    """

    bucket: str
    endpoint: str = ""
    region: str = ""
    access_key: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)
    profile: str = ""
    secret_arn: str = ""
    probe_url: str = ""

    def check(self, *, prefix: str = "S3_PUBLIC_") -> "BucketAccess":
        """Return self, or raise SettingsError for a contradiction."""
        if not _BUCKET.fullmatch(self.bucket):
            raise SettingsError(f"{prefix}BUCKET is {self.bucket!r}, which is no bucket name", tag=f"{prefix}BUCKET")
        if bool(self.access_key) != bool(self.secret_key):
            missing = f"{prefix}SECRET_KEY" if self.access_key else f"{prefix}ACCESS_KEY"
            raise SettingsError(f"{missing} is missing: set both keys, or neither to use the role", tag=missing)
        if self.secret_arn and self.access_key:
            raise SettingsError(
                f"{prefix}SECRET_ARN and {prefix}ACCESS_KEY are both set; the keys may come from one place only",
                tag=f"{prefix}SECRET_ARN",
            )
        if self.profile and self.profile not in PROFILE_NAMES:
            raise SettingsError(
                f"{prefix}PROFILE is {self.profile!r}; allowed are {', '.join(PROFILE_NAMES)}", tag=f"{prefix}PROFILE"
            )
        return self

    def with_secret(self, values: Mapping[str, str]) -> "BucketAccess":
        """Take the values that the secret holds, under the names of the environment variables."""
        names = {"endpoint": "ENDPOINT", "region": "REGION", "access_key": "ACCESS_KEY", "secret_key": "SECRET_KEY"}
        found = {name: str(values[f"S3_PUBLIC_{v}"]) for name, v in names.items() if values.get(f"S3_PUBLIC_{v}")}
        return replace(self, secret_arn="", **found).check()


@dataclass(frozen=True, slots=True)
class PublishSettings:
    """What the publish function needs to know.

    Attributes
    ----------
    staging_bucket
        The only bucket that events may name.
    public
        Where the corrected copies go.
    default_correction
        Correction keys and values for the whole stack.
    cache_control
        Cache-Control header of published objects; empty for none.
    metadata_allowlist
        Lower-case names of user metadata that may be copied.
    pass_through_types
        Media types beside the known image formats that are published as they are.
    duplicate_scope
        Whether a duplicate is looked for under the same key or in the whole bucket.
    failure_queue_url, event_bus_name
        Where rejections and news go; empty: the log alone.
    cdn_distribution_id
        CloudFront distribution in which a replaced photo is invalidated; empty: none.
    """

    staging_bucket: str
    public: BucketAccess
    default_correction: Mapping[str, str] = field(default_factory=dict)
    cache_control: str = ""
    metadata_allowlist: frozenset[str] = frozenset()
    pass_through_types: frozenset[str] = frozenset()
    duplicate_scope: DuplicateScope = "key"
    failure_queue_url: str = ""
    event_bus_name: str = ""
    cdn_distribution_id: str = ""


@dataclass(frozen=True, slots=True)
class CorsSettings:
    """What the audit function needs to know: the rules that are expected, and where.

    Attributes
    ----------
    mode
        `audit` never writes, `repair` puts exactly the expected rules,
        `merge` keeps foreign rules.
    buckets
        Every bucket to look at, each with its own way to reach it.
    origins, methods, headers, expose_headers, max_age_seconds
        The expected rule, in the seed's defaults.
    rules
        Expected rules as a document; None: the one rule of the fields above.
    event_bus_name
        Where drift and repair are announced; empty: the log alone.
    """

    mode: CorsMode
    buckets: tuple[BucketAccess, ...]
    origins: tuple[str, ...] = ("*",)
    methods: tuple[str, ...] = ("GET", "HEAD")
    headers: tuple[str, ...] = ("*",)
    expose_headers: tuple[str, ...] = ("ETag",)
    max_age_seconds: int = 3600
    rules: tuple[Mapping[str, Any], ...] | None = None
    event_bus_name: str = ""


def public_bucket(env: Mapping[str, str]) -> BucketAccess:
    """Read the public bucket's settings (the seed's five, the secret and the profile)."""
    return BucketAccess(
        bucket=_required(env, "S3_PUBLIC_BUCKET"),
        endpoint=_text(env, "S3_PUBLIC_ENDPOINT"),
        region=_text(env, "S3_PUBLIC_REGION"),
        access_key=_text(env, "S3_PUBLIC_ACCESS_KEY"),
        secret_key=_text(env, "S3_PUBLIC_SECRET_KEY"),
        profile=_text(env, "S3_PUBLIC_PROFILE").lower(),
        secret_arn=_text(env, "S3_PUBLIC_SECRET_ARN"),
        probe_url=_text(env, "CORS_PROBE_URL"),
    ).check()


def publish_settings(env: Mapping[str, str]) -> PublishSettings:
    """Read what the publish function needs.

    Raises
    ------
    SettingsError
        A setting is missing, contradictory or out of range; it is named.
    """
    public = public_bucket(env)
    staging = _required(env, "STAGING_BUCKET")
    if staging == public.bucket and not public.endpoint:
        raise SettingsError(
            f"STAGING_BUCKET and S3_PUBLIC_BUCKET are both {staging!r}; a function that writes into the bucket "
            "that triggers it would run for ever",
            tag="STAGING_BUCKET",
        )
    scope = _choice(env, "DUPLICATE_SCOPE", get_args(DuplicateScope), "key")
    return PublishSettings(
        staging_bucket=staging,
        public=public,
        default_correction={key: text for v, key in DEFAULT_CORRECTION_VARIABLES.items() if (text := _text(env, v))},
        cache_control=_matching(env, "CACHE_CONTROL", _HEADER_VALUE, "the value of a header such as max-age=86400"),
        metadata_allowlist=_all_matching(env, "METADATA_ALLOWLIST", _HEADER_NAME, "name of metadata such as title"),
        pass_through_types=_all_matching(env, "PASS_THROUGH_TYPES", _MEDIA_TYPE, "media type such as video/mp4"),
        duplicate_scope=scope,  # type: ignore[arg-type] # _choice allows nothing else
        failure_queue_url=_matching(env, "FAILURE_QUEUE_URL", _URL_OR_EMPTY, "the URL of a queue"),
        event_bus_name=_text(env, "EVENT_BUS_NAME"),
        cdn_distribution_id=_text(env, "CDN_DISTRIBUTION_ID"),
    )


def cors_settings(env: Mapping[str, str]) -> CorsSettings:
    """Read what the audit function needs.

    Raises
    ------
    SettingsError
        A setting is missing, contradictory or out of range; it is named.
    """
    mode = _choice(env, "CORS_MODE", get_args(CorsMode), "repair")
    return CorsSettings(
        mode=mode,  # type: ignore[arg-type] # _choice allows nothing else
        buckets=_cors_buckets(env),
        origins=_words(env, "CORS_ALLOWED_ORIGINS") or ("*",),
        methods=tuple(m.upper() for m in _words(env, "CORS_ALLOWED_METHODS")) or ("GET", "HEAD"),
        headers=_words(env, "CORS_ALLOWED_HEADERS") or ("*",),
        expose_headers=_words(env, "CORS_EXPOSE_HEADERS") or ("ETag",),
        max_age_seconds=_number(env, "CORS_MAX_AGE_SECONDS", 3600, 0, 86400),
        rules=_cors_rules(env),
        event_bus_name=_text(env, "EVENT_BUS_NAME"),
    )


def _cors_buckets(env: Mapping[str, str]) -> tuple[BucketAccess, ...]:
    """Read CORS_BUCKETS: names (reached like the public bucket) or a JSON list of objects; empty: the public bucket."""
    if _text(env, "CORS_BUCKETS").startswith("["):
        return tuple(_bucket_of_json(entry) for entry in _json_list(env, "CORS_BUCKETS"))
    names = _words(env, "CORS_BUCKETS")
    if not names:
        return (public_bucket(env),)
    base = public_bucket({**env, "S3_PUBLIC_BUCKET": _text(env, "S3_PUBLIC_BUCKET") or "named-below"})
    probed = _text(env, "S3_PUBLIC_BUCKET") if len(names) > 1 else names[0]  # one URL shows one bucket
    return tuple(
        replace(base, bucket=name, probe_url=base.probe_url if name == probed else "").check(prefix="CORS_BUCKETS: ")
        for name in names
    )


def _bucket_of_json(entry: Mapping[str, Any]) -> BucketAccess:
    allowed = BucketAccess.__dataclass_fields__
    for name, value in entry.items():
        if name not in allowed:
            raise SettingsError(
                f"CORS_BUCKETS has the unknown field {name!r}; allowed are {', '.join(sorted(allowed))}",
                tag="CORS_BUCKETS",
            )
        if not isinstance(value, str):
            shown = "…" if "key" in name else repr(value)
            raise SettingsError(f"CORS_BUCKETS has {name} = {shown}; allowed are texts", tag="CORS_BUCKETS")
    return BucketAccess(**{"bucket": "", **entry}).check(prefix="CORS_BUCKETS: ")


def _cors_rules(env: Mapping[str, str]) -> tuple[Mapping[str, Any], ...] | None:
    return tuple(_json_list(env, "CORS_RULES", within="CORSRules")) if _text(env, "CORS_RULES") else None


def _json_list(env: Mapping[str, str], name: str, *, within: str = "") -> list[dict[str, Any]]:
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


def _text(env: Mapping[str, str], name: str) -> str:
    return env.get(name, "").strip()


def _required(env: Mapping[str, str], name: str) -> str:
    if not (value := _text(env, name)):
        raise SettingsError(f"{name} is not set", tag=name, advice=f"Set the environment variable {name}.")
    return value


def _words(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(word for word in (part.strip() for part in _text(env, name).split(",")) if word)


def _matching(env: Mapping[str, str], name: str, allowed: re.Pattern[str], what: str) -> str:
    if not allowed.fullmatch(value := _text(env, name)):
        raise SettingsError(f"{name} is {value!r}, which is not {what}", tag=name)
    return value


def _all_matching(env: Mapping[str, str], name: str, allowed: re.Pattern[str], what: str) -> frozenset[str]:
    words = frozenset(word.lower() for word in _words(env, name))
    for word in sorted(words):
        if not allowed.fullmatch(word):
            raise SettingsError(f"{name} has {word!r}, which is no {what}", tag=name)
    return words


def _choice(env: Mapping[str, str], name: str, allowed: tuple[str, ...], default: str) -> str:
    value = _text(env, name).lower() or default
    if value not in allowed:
        raise SettingsError(f"{name} is {value!r}; allowed are {', '.join(allowed)}", tag=name)
    return value


def _number(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = _text(env, name) or str(default)
    if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
        raise SettingsError(f"{name} is {text!r}; allowed are whole numbers from {low} to {high}", tag=name)
    return int(text)
