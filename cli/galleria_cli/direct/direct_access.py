"""Whether requests can do without the SDK: only if the access itself says everything."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit, urlunsplit

from galleria_cli.direct.client import DirectClient
from galleria_cli.direct.requests import DirectRequests
from galleria_storage.runtime.environment import attempts
from galleria_storage.s3 import endpoints, profiles
from galleria_storage.s3.access import BucketAccess, ProviderAccess
from galleria_storage.s3.clients import Connection, connect
from galleria_storage.s3.endpoints import Endpoint, parse_endpoint
from galleria_storage.s3.pace import Pace
from galleria_storage.s3.profiles import ProviderProfile
from galleria_storage.s3.sdk.signing import Keys

#: Variables that make botocore reach a provider in another way, or with other credentials.
_DIVERTING: Final = (
    "ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
)  # fmt: skip
_ENDPOINTS: Final = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
_TRUSTED: Final = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE")


class _Place(NamedTuple):
    endpoint: Endpoint
    profile: ProviderProfile
    url: str
    keys: Keys


def connect_for_many(access: BucketAccess, pace: Pace | None = None, env: Mapping[str, str] = os.environ) -> Connection:
    """Connect to a bucket for many requests: as `clients.connect`, but without the SDK as long as possible.

    With a `pace`, the SDK's client is used, since speed does not matter then. So is one whose requests are tried only
    once, since what fails here is tried again by the SDK.

    Raises
    ------
    SettingsError
        A setting is missing or contradictory.
    """
    if pace is not None or attempts(env) == 1 or (place := _plain(access, env)) is None:
        return connect(access, pace)
    requests = DirectRequests(place.url, place.keys, _first(env, _TRUSTED))
    client = DirectClient(
        access.bucket,
        requests,
        place.endpoint.url,
        lambda tries_made: connect(access, tries_made=tries_made).client,
    )
    return Connection(client, access.bucket, place.profile)  # type: ignore[arg-type] # it has all that boto3's has


def _plain(access: BucketAccess, env: Mapping[str, str]) -> _Place | None:
    """Return what botocore would find out about an access; None if only botocore can find it out."""
    provider = access.provider
    url = provider.endpoint or _first(env, _ENDPOINTS)
    if provider.secret_arn or not url or _is_diverted(env):
        return None
    endpoint = parse_endpoint(url)
    profile = profiles.named(provider.profile) or profiles.profile_of_host(endpoint.host)
    region, keys = _region(provider, endpoint, env), _keys(provider, env)
    own = endpoint.host.startswith(f"{access.bucket}.")
    if own or endpoints.is_aws(endpoint.host) or profile.request_checksums != "when_required" or not keys:
        return None
    if (bucket_url := _bucket_url(access, endpoint)) is None:
        return None
    return _Place(endpoint, profile, bucket_url, Keys(*keys, region))


def _is_diverted(env: Mapping[str, str]) -> bool:
    if any(env.get(name) or env.get(name.lower()) for name in _DIVERTING):
        return True
    return Path(env.get("AWS_CONFIG_FILE") or "~/.aws/config").expanduser().exists()


def _first(env: Mapping[str, str], names: Sequence[str]) -> str:
    return next(filter(None, map(env.get, names)), "")


def _keys(provider: ProviderAccess, env: Mapping[str, str]) -> tuple[str, str] | None:
    keys = (provider.access_key, provider.secret_key)
    if not any(keys):
        keys = (env.get("AWS_ACCESS_KEY_ID", ""), env.get("AWS_SECRET_ACCESS_KEY", ""))
    return keys if all(keys) else None


def _region(provider: ProviderAccess, endpoint: Endpoint, env: Mapping[str, str]) -> str:
    if region := provider.region or endpoints.facts_of(endpoint.host).region:
        return region
    of_environment = env.get("AWS_REGION") or env.get("AWS_DEFAULT_REGION") or ""
    return endpoints.region_elsewhere(of_environment, endpoint.host, is_set=bool(provider.endpoint))


def _bucket_url(access: BucketAccess, endpoint: Endpoint) -> str | None:
    """Return the bucket's own address; None if a dot in its name would break TLS."""
    if (access.provider.addressing or endpoints.facts_of(endpoint.host).addressing or "path") == "path":
        return f"{endpoint.url}/{access.bucket}"
    if "." in access.bucket:
        return None
    parts = urlsplit(endpoint.url)
    return urlunsplit(parts._replace(netloc=f"{access.bucket}.{parts.netloc}"))
