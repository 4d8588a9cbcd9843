"""An account at a provider and one bucket there, as settings describe them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from galleria_storage.errors import SettingsError
from galleria_storage.runtime.environment import required, text
from galleria_storage.runtime.redaction import redacted
from galleria_storage.s3.endpoints import parse_endpoint

PROFILE_NAMES: Final = ("aws", "ceph", "minio", "seaweedfs", "r2", "b2", "generic")
ADDRESSING_STYLES: Final = ("path", "virtual")
_BUCKET: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,254}")


@dataclass(frozen=True, slots=True)
class ProviderAccess:
    """An account at a provider: where its S3 API is, and the keys to it.

    Attributes
    ----------
    endpoint
        URL with or without a scheme; empty means what the AWS configuration names, else AWS.
    region
        Empty means the endpoint's, else the environment's own.
    access_key, secret_key
        Empty means the role or profile of the environment. Never printed.
    profile
        Name of a provider profile, or empty: by endpoint, else probed.
    secret_arn
        Secrets Manager secret that holds the same values, or empty.
    addressing
        ``path`` (``https://host/bucket/key``), ``virtual`` (``https://bucket.host/key``), or empty: what the
        provider is known to want, else what the AWS configuration says.
    """

    endpoint: str = ""
    region: str = ""
    access_key: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)
    profile: str = ""
    secret_arn: str = ""
    addressing: str = ""

    def check(self, prefix: str = "S3_PUBLIC_") -> "ProviderAccess":
        """Return self, or raise SettingsError for a contradiction; the names of the settings begin with `prefix`."""
        if bool(self.access_key) != bool(self.secret_key):
            missing = f"{prefix}SECRET_KEY" if self.access_key else f"{prefix}ACCESS_KEY"
            raise SettingsError(f"{missing} is missing: set both keys, or neither to use the role", tag=missing)
        if self.secret_arn and self.access_key:
            raise SettingsError(
                f"{prefix}SECRET_ARN and {prefix}ACCESS_KEY are both set; the keys may come from one place only",
                tag=f"{prefix}SECRET_ARN",
            )
        for name, allowed in (("profile", PROFILE_NAMES), ("addressing", ADDRESSING_STYLES)):
            value, setting = getattr(self, name), prefix + name.upper()
            if value and value not in allowed:
                raise SettingsError(f"{setting} is {redacted(value)!r}; allowed are {', '.join(allowed)}", tag=setting)
        if self.endpoint:
            parse_endpoint(self.endpoint, f"{prefix}ENDPOINT")
        return self

    def with_secret(self, values: Mapping[str, str]) -> "ProviderAccess":
        """Return the access with the values in the secret, which has the names of the environment variables."""
        names = {"endpoint": "ENDPOINT", "region": "REGION", "access_key": "ACCESS_KEY", "secret_key": "SECRET_KEY"}
        found = {name: str(values[f"S3_PUBLIC_{v}"]) for name, v in names.items() if values.get(f"S3_PUBLIC_{v}")}
        return replace(self, secret_arn="", **found).check()


@dataclass(frozen=True, slots=True)
class BucketAccess:
    """One bucket, and the account that reaches it.

    Attributes
    ----------
    bucket
        Name of the bucket.
    provider
        The account; by default the standard AWS environment's.
    """

    bucket: str
    provider: ProviderAccess = ProviderAccess()

    def check(self, prefix: str = "S3_PUBLIC_") -> "BucketAccess":
        """Return self, or raise SettingsError for a name that no bucket can have, or a contradiction."""
        if not _BUCKET.fullmatch(self.bucket):
            raise SettingsError(
                f"{prefix}BUCKET is {redacted(self.bucket)!r}, which is not a bucket name", tag=f"{prefix}BUCKET"
            )
        self.provider.check(prefix)
        return self


def public_provider(env: Mapping[str, str]) -> ProviderAccess:
    """Read how the public bucket's provider is reached: endpoint, region, keys or a secret, profile, addressing."""
    return ProviderAccess(
        endpoint=text(env, "S3_PUBLIC_ENDPOINT"),
        region=text(env, "S3_PUBLIC_REGION"),
        access_key=text(env, "S3_PUBLIC_ACCESS_KEY"),
        secret_key=text(env, "S3_PUBLIC_SECRET_KEY"),
        profile=text(env, "S3_PUBLIC_PROFILE").lower(),
        secret_arn=text(env, "S3_PUBLIC_SECRET_ARN"),
        addressing=text(env, "S3_PUBLIC_ADDRESSING").lower(),
    ).check()


def public_bucket(env: Mapping[str, str]) -> BucketAccess:
    """Read the public bucket's settings."""
    return BucketAccess(required(env, "S3_PUBLIC_BUCKET"), public_provider(env)).check()
