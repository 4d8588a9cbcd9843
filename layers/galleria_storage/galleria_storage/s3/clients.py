"""Make boto3 clients for any S3-compatible provider."""

import os
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from functools import cache
from hashlib import md5
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from galleria_storage.errors import SettingsError
from galleria_storage.s3 import profiles, secret
from galleria_storage.s3.access import BucketAccess
from galleria_storage.s3.profiles import ProviderProfile
from galleria_storage.s3.signing import sign_known_digests

if TYPE_CHECKING:
    from datetime import datetime

    from botocore.config import _S3Dict
    from botocore.loaders import Loader
    from mypy_boto3_s3 import S3Client

#: Enough for `directories.upload`'s threads on one client; botocore's default of 10 would make them wait.
CONNECTIONS: Final = 32
_CONNECT_SECONDS: Final = 5
_READ_SECONDS: Final = 60
_ATTEMPTS: Final = 4
#: Amazon's own host names, which botocore builds better itself (S3 User Guide, "Amazon S3 endpoints").
_AWS_HOST: Final = re.compile(r"s3(?:[.-](?P<region>[a-z]{2}(?:-[a-z]+)+-\d))?\.amazonaws\.com")
#: Backblaze signs with the region in its host name (Backblaze, "S3-Compatible API": s3.<region>.backblazeb2.com).
_REGION_IN_HOST: Final = re.compile(r"s3\.([a-z0-9-]+)\.backblazeb2\.com")


@dataclass(frozen=True, slots=True)
class Connection:
    """A client, the bucket that it is meant for, and what is known of the provider.

    One connection may be shared by threads: a boto3 client is thread-safe
    once it is made (boto3 guide, "Multithreading or multiprocessing with clients").
    """

    client: "S3Client"
    bucket: str
    profile: ProviderProfile


def get_s3_client(endpoint: str, access_key: str, secret_key: str, region: str) -> "S3Client":
    """Make a client for any S3-compatible service (the seed's function).

    Parameters
    ----------
    endpoint
        URL with or without a scheme: https if there is none, http for a
        loopback address. Empty means what the environment names
        (`AWS_ENDPOINT_URL_S3`), else AWS.
    access_key, secret_key
        Both, or both empty for the environment's own (a role, a profile).
    region
        Empty means the endpoint's, else the environment's, else us-east-1,
        which every compatible provider takes.

    Raises
    ------
    SettingsError
        The endpoint is no URL, one of the two keys is missing, or the region
        contradicts the endpoint.
    """
    import boto3  # noqa: PLC0415 # lazy, see `_client`

    return _client(boto3.session.Session().client, BucketAccess("any", endpoint, region, access_key, secret_key), None)


def connect(access: BucketAccess) -> Connection:
    """Make the client for one bucket, with the secret fetched and the profile chosen.

    A provider that nothing is known of gets the cautious profile ``unknown``:
    connecting never writes. `probe.settle` finds out more.

    Raises
    ------
    SettingsError
        A setting, or a value in the secret, is missing or contradictory.
    """
    access = secret.resolve(access)
    profile = profiles.choose_profile(replace(access, endpoint=access.endpoint or environment_endpoint()))
    host = _split(access.endpoint)[1] if access.endpoint else ""
    if host.startswith(f"{access.bucket}."):
        raise SettingsError(
            f"the endpoint {host} begins with the bucket's name",
            bucket=access.bucket,
            tag="S3_PUBLIC_ENDPOINT",
            advice=f"Leave the bucket out of it: {host.removeprefix(access.bucket + '.')}",
        )
    if not access.access_key and profile is not profiles.AWS and os.environ.get("AWS_SESSION_TOKEN"):
        _refuse_to_show_a_role(host)
    return Connection(_lean_client(access, profile), access.bucket, profile or profiles.UNKNOWN)


def _refuse_to_show_a_role(host: str) -> None:
    """Refuse to send the session token of a role to a host that is not AWS; an emulator at an IP address may see it."""
    if host and host != "localhost" and not _is_ip_address(host):
        raise SettingsError(
            f"S3_PUBLIC_ACCESS_KEY is not set, and the role of this environment means nothing to {host}",
            tag="S3_PUBLIC_ACCESS_KEY",
            advice="Set S3_PUBLIC_ACCESS_KEY and S3_PUBLIC_SECRET_KEY, or S3_PUBLIC_SECRET_ARN.",
        )


def staging_client() -> "S3Client":
    """Make the client for staging: whatever the standard AWS environment says."""
    return connect(BucketAccess("any")).client


def environment_endpoint() -> str:
    """Return the endpoint that the standard AWS environment names for S3, or an empty text."""
    return os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or ""


def _client(
    make: Callable[..., Any], access: BucketAccess, profile: ProviderProfile | None, user_agent: str | None = None
) -> "S3Client":
    """Make a client with `make`, which takes boto3's arguments; without a `user_agent` botocore tells its own."""
    from botocore.config import Config  # noqa: PLC0415 # lazy: it costs most of a cold start

    if bool(access.access_key) != bool(access.secret_key):
        raise SettingsError("one of the two keys is missing: give both, or neither to use the role")
    url, region = _endpoint_and_region(access)
    if profile is None:
        profile = (profiles.profile_of_host(urlsplit(url).hostname or "") if url else profiles.AWS) or profiles.UNKNOWN
    # The body is bound by the signed Content-MD5 or checksum header; a second SHA-256 over it would only cost time.
    s3: _S3Dict = {"payload_signing_enabled": False, "addressing_style": "path" if url else "auto"}
    config = Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
        max_pool_connections=CONNECTIONS,
        request_checksum_calculation=profile.request_checksums,
        response_checksum_validation=profile.request_checksums,
        s3=s3,
        user_agent=user_agent,
        # An endpoint that was given is not diverted by the environment.
        ignore_configured_endpoint_urls=bool(access.endpoint),  # type: ignore[call-arg] # the stubs lack it
    )
    client: S3Client = make(
        "s3",
        endpoint_url=url or None,
        aws_access_key_id=access.access_key or None,
        aws_secret_access_key=access.secret_key or None,
        region_name=region or None,
        config=config,
    )
    sign_known_digests(client)
    for operation in profile.content_md5:
        client.meta.events.register(f"before-call.s3.{operation}", _add_content_md5)
    return client


def _lean_client(access: BucketAccess, profile: ProviderProfile | None) -> "S3Client":
    """Make a client without boto3's own parts, which cost 40 ms of a cold start and are not used.

    Its requests do without two more things that took a fifth of each: a name
    that is put together anew every time, and dateutil for the one form of
    date that stands in headers.
    """
    import botocore.session  # noqa: PLC0415 # lazy, see `_client`

    session = botocore.session.Session()
    session.register_component("data_loader", _loader())
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_read_timestamp)
    return _client(session.create_client, access, profile, session.user_agent())


def _read_timestamp(value: Any) -> "datetime":
    """Read a date as HTTP writes it (RFC 9110, section 5.6.7) at once; leave all others to botocore."""
    if isinstance(value, str) and value.endswith(" GMT"):
        try:
            return parsedate_to_datetime(value)
        except ValueError:
            pass  # botocore is more lenient
    from botocore.utils import parse_timestamp  # noqa: PLC0415 # lazy, see `_client`

    return parse_timestamp(value)


@cache
def _loader() -> "Loader":
    """Read the S3 API's model from disk once, which saves the second client 30 ms."""
    import botocore.loaders  # noqa: PLC0415 # lazy, see `_client`

    return botocore.loaders.create_loader(os.environ.get("AWS_DATA_PATH"))


def _endpoint_and_region(access: BucketAccess) -> tuple[str, str]:
    """Return URL (empty: botocore's own choice for AWS) and region (empty: the environment's)."""
    endpoint = access.endpoint or environment_endpoint()
    if not endpoint:
        return "", access.region
    url, host = _split(endpoint)
    if aws := _AWS_HOST.fullmatch(host):
        named = aws["region"] or ""
        if named and access.region and named != access.region:
            raise SettingsError(
                f"the endpoint {host} is in region {named}, but the region is set to {access.region}",
                tag="S3_PUBLIC_REGION",
            )
        return "", access.region or named
    in_host = _REGION_IN_HOST.fullmatch(host)
    environment = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    return url, access.region or (in_host[1] if in_host else environment)


def _split(endpoint: str) -> tuple[str, str]:
    """Return (URL with a scheme and no slash at the end, host name) of an endpoint."""
    text = endpoint.strip()
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        host = (parts.hostname or "").lower()
        acceptable = bool(host) and parts.scheme in {"", "http", "https"} and not (parts.query or parts.fragment)
        acceptable = acceptable and (parts.port is None or parts.port > 0)
    except ValueError:  # a port that is no number, a broken IPv6 address
        acceptable, host, parts = False, "", urlsplit("")
    if "@" in parts.netloc:
        raise SettingsError(
            "the endpoint holds a user name or password; give the keys in their own settings", tag="S3_PUBLIC_ENDPOINT"
        )
    if not acceptable:
        raise SettingsError(
            f"the endpoint {endpoint!r} is no address such as https://fsn1.your-objectstorage.com",
            tag="S3_PUBLIC_ENDPOINT",
        )
    scheme = parts.scheme or ("http" if _is_loopback(host) else "https")
    return f"{scheme}://{parts.netloc}{parts.path.rstrip('/')}", host


def _is_ip_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _add_content_md5(params: dict[str, Any], **_: Any) -> None:
    """Add the Content-MD5 that servers of the MinIO and Swift families insist on (handler of ``before-call``)."""
    body = params["body"]
    digest = md5(body if isinstance(body, bytes) else str(body).encode(), usedforsecurity=False).digest()
    params["headers"]["Content-MD5"] = b64encode(digest).decode()
