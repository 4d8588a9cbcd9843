"""One bucket and how to reach it: endpoint, region, keys, provider profile."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from galleria_storage.errors import SettingsError
from galleria_storage.runtime.environment import required, text

PROFILE_NAMES: Final = ("aws", "ceph", "minio", "seaweedfs", "r2", "b2", "generic")
_BUCKET: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,254}")


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


def public_bucket(env: Mapping[str, str]) -> BucketAccess:
    """Read the public bucket's settings (the seed's five, the secret and the profile)."""
    return BucketAccess(
        bucket=required(env, "S3_PUBLIC_BUCKET"),
        endpoint=text(env, "S3_PUBLIC_ENDPOINT"),
        region=text(env, "S3_PUBLIC_REGION"),
        access_key=text(env, "S3_PUBLIC_ACCESS_KEY"),
        secret_key=text(env, "S3_PUBLIC_SECRET_KEY"),
        profile=text(env, "S3_PUBLIC_PROFILE").lower(),
        secret_arn=text(env, "S3_PUBLIC_SECRET_ARN"),
        probe_url=text(env, "CORS_PROBE_URL"),
    ).check()
