"""Make clients for any S3-compatible provider.

Profile, region and addressing follow the endpoint that the client really
has: the setting's, or the one that the AWS environment or configuration file
names. Only botocore knows the latter, so the client is made first and then asked.
"""

import os
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import md5
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from galleria_storage.errors import ArgumentError, SettingsError
from galleria_storage.runtime.environment import attempts
from galleria_storage.s3 import endpoints, profiles, secret
from galleria_storage.s3.access import BucketAccess, ProviderAccess
from galleria_storage.s3.endpoints import Endpoint, parse_endpoint
from galleria_storage.s3.faults import translated
from galleria_storage.s3.pace import Pace
from galleria_storage.s3.profiles import ProviderProfile
from galleria_storage.s3.sdk.botocore_session import credentials_of, lean_session, plain_session, region_of
from galleria_storage.s3.sdk.http_session import take_over_http
from galleria_storage.s3.sdk.pacing import pace_bodies
from galleria_storage.s3.sdk.signing import sign_known_digests

if TYPE_CHECKING:
    from botocore.session import Session
    from mypy_boto3_s3 import S3Client

#: Enough for the threads of `bulk.directories` on one client; botocore's default of 10 would make them wait.
CONNECTIONS: Final = 32
_CONNECT_SECONDS: Final = 5
_READ_SECONDS: Final = 60
_CONFIGURED: Final = "AWS_ENDPOINT_URL_S3"


class Connection(NamedTuple):
    """A client, the bucket that it is meant for, and what is known of the provider.

    One connection may be shared by threads: a boto3 client is thread-safe
    once it is made (boto3 guide, "Multithreading or multiprocessing with clients").
    """

    client: "S3Client"
    bucket: str
    profile: ProviderProfile


def get_s3_client(endpoint: str, access_key: str, secret_key: str, region: str) -> "S3Client":
    """Make a client for any S3-compatible service, one of the twelve functions of Galleria's storage service.

    Parameters
    ----------
    endpoint
        URL with or without a scheme: https if there is none, http for a
        loopback address. Empty means what the AWS environment or
        configuration file names, else AWS.
    access_key, secret_key
        Both, or both empty for the environment's own (a role, a profile).
    region
        Empty means the endpoint's, else the environment's, else us-east-1,
        which every compatible provider takes.

    Raises
    ------
    SettingsError
        The endpoint is not a URL, one of the two keys is missing, the region
        contradicts the endpoint, or a role's credentials would go to a stranger.
    ArgumentError
        One of the four is not a text.
    """
    import boto3  # noqa: PLC0415 # lazy: it costs most of a cold start

    given = {"endpoint": endpoint, "access_key": access_key, "secret_key": secret_key, "region": region}
    for name, value in given.items():
        if not isinstance(value, str | None):
            raise ArgumentError(f"{name} is of type {type(value).__name__}; allowed is a string", tag=name)
    session = plain_session()
    with _configuration_errors():
        make = boto3.session.Session(botocore_session=session).client
    account = ProviderAccess(**{name: value or "" for name, value in given.items()})
    return _Maker(session, make, account).client()


def connect(access: BucketAccess, pace: Pace | None = None, tries_made: int = 0) -> Connection:
    """Make the client for one bucket, with the secret fetched and the profile chosen.

    An unknown provider gets the cautious profile ``unknown``: connecting never writes. `discovery.settle` finds out
    more.

    Parameters
    ----------
    access
        The bucket, and how to reach it.
    pace
        How fast bodies may go; None: as fast as they can.
    tries_made
        How often the requests have been tried already, without this client; it makes that many attempts fewer.

    Raises
    ------
    SettingsError
        A setting, or a value in the secret, is missing or contradictory.
    """
    provider = secret.resolve(access)
    session = lean_session()
    # botocore's own name is built once: building it for each request took a fifth of the request's time.
    maker = _Maker(session, session.create_client, provider, session.user_agent(), tries_made)
    client = maker.client()
    if pace:
        pace_bodies(client, pace)
    if maker.endpoint.host.startswith(f"{access.bucket}."):
        raise SettingsError(
            f"the endpoint {maker.endpoint.host} begins with the bucket's name",
            bucket=access.bucket,
            tag="S3_PUBLIC_ENDPOINT",
            advice=f"Leave the bucket out of it: {maker.endpoint.host.removeprefix(access.bucket + '.')}",
        )
    return Connection(client, access.bucket, maker.profile)


class _Maker:
    """Makes one client, and then knows its endpoint and profile.

    Parameters
    ----------
    session
        What reads the AWS environment and configuration file.
    make
        What takes boto3's arguments and makes a client.
    provider
        The account, its secret already fetched.
    user_agent
        The requests' User-Agent; None: botocore's own, built for each request.
    tries_made
        See `connect`.
    """

    def __init__(
        self,
        session: "Session",
        make: Callable[..., Any],
        provider: ProviderAccess,
        user_agent: str | None = None,
        tries_made: int = 0,
    ) -> None:
        if bool(provider.access_key) != bool(provider.secret_key):
            raise SettingsError("one of the two keys is missing: give both, or neither to use the role")
        self._session = session
        self._make = make
        self._provider = provider
        self._user_agent = user_agent
        self._tries = max(attempts(os.environ) - tries_made, 1)
        self.profile = profiles.named(provider.profile) or profiles.AWS
        self.endpoint = Endpoint("", "")

    def client(self) -> "S3Client":
        """Make the client."""
        if self._provider.endpoint:
            client = self._client_at(parse_endpoint(self._provider.endpoint))
        else:
            client = self._build(region=self._provider.region)
            real = parse_endpoint(client.meta.endpoint_url, _CONFIGURED)
            client = client if endpoints.is_aws(real.host) else self._client_at(real)
            self.endpoint = real
        sign_known_digests(client)
        take_over_http(client)
        for operation in self.profile.content_md5:
            client.meta.events.register(f"before-call.s3.{operation}", _add_content_md5)
        return client

    def _client_at(self, endpoint: Endpoint) -> "S3Client":
        self.endpoint = endpoint
        self.profile = profiles.named(self._provider.profile) or profiles.profile_of_host(endpoint.host)
        if aws := endpoints.aws_host(endpoint.host):
            return self._build(
                region=self._region_at_aws(aws.region),
                ignore_configured_endpoint_urls=True,
                use_dualstack_endpoint=aws.dualstack or None,
                use_fips_endpoint=aws.fips or None,
            )
        self._refuse_to_show_a_role()
        facts = endpoints.facts_of(endpoint.host)
        return self._build(
            region=self._provider.region
            or facts.region
            or endpoints.region_elsewhere(
                region_of(self._session), self.endpoint.host, is_set=bool(self._provider.endpoint)
            ),
            url=endpoint.url,
            addressing=facts.addressing,
        )

    def _build(self, region: str, url: str = "", addressing: str = "", **config: Any) -> "S3Client":
        from botocore.config import Config  # noqa: PLC0415 # lazy: it costs most of a cold start

        # A signed Content-MD5 or checksum header already covers the body, so a SHA-256 of it would only cost time.
        s3: dict[str, Any] = {"payload_signing_enabled": False}
        if style := self._provider.addressing or addressing:
            s3["addressing_style"] = style  # else the configuration file's, else botocore's: by path at a given URL
        with _configuration_errors(self.endpoint.host):
            client: S3Client = self._make(
                "s3",
                endpoint_url=url or None,
                aws_access_key_id=self._provider.access_key or None,
                aws_secret_access_key=self._provider.secret_key or None,
                region_name=region or os.environ.get("AWS_REGION") or None,  # boto3 reads only AWS_DEFAULT_REGION
                config=Config(
                    connect_timeout=_CONNECT_SECONDS,
                    read_timeout=_READ_SECONDS,
                    retries={"mode": "standard", "total_max_attempts": self._tries},
                    max_pool_connections=CONNECTIONS,
                    request_checksum_calculation=self.profile.request_checksums,
                    response_checksum_validation=self.profile.request_checksums,
                    s3=s3,  # type: ignore[arg-type] # built above
                    user_agent=self._user_agent,
                    **config,
                ),
            )
        return client

    def _region_at_aws(self, named: str) -> str:
        if named and self._provider.region and named != self._provider.region:
            raise SettingsError(
                f"the endpoint {self.endpoint.host} is in region {named}, "
                f"but the region is set to {self._provider.region}",
                tag="S3_PUBLIC_REGION",
            )
        return self._provider.region or named

    def _refuse_to_show_a_role(self) -> None:
        """Refuse to send a session token of AWS to a host that is not AWS; an emulator nearby may see it.

        If the AWS configuration names the endpoint, keys in a file or in variables belong to it. Those of a role still
        belong to AWS.
        """
        host = self.endpoint.host
        if self._provider.access_key or endpoints.is_aws(host) or endpoints.is_local(host):
            return
        with translated():
            found = credentials_of(self._session)
        if found and found.temporary and (found.from_aws or self._provider.endpoint):
            raise SettingsError(
                f"S3_PUBLIC_ACCESS_KEY is not set, and the role of this environment means nothing to {host}",
                tag="S3_PUBLIC_ACCESS_KEY",
                advice="Set S3_PUBLIC_ACCESS_KEY and S3_PUBLIC_SECRET_KEY, or S3_PUBLIC_SECRET_ARN.",
            )


@contextmanager
def _configuration_errors(host: str = "") -> Iterator[None]:
    """Turn botocore's complaints about the AWS configuration, or the endpoint's host, into our errors."""
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415 # lazy: it costs most of a cold start

    try:
        yield
    except ValueError as error:  # botocore's words repeat the address, which may hold a password
        raise SettingsError(
            f"the endpoint {host or 'of the AWS configuration'} is not an address to botocore",
            tag="S3_PUBLIC_ENDPOINT" if host else _CONFIGURED,
        ) from error
    except BotoCoreError as error:  # there is no such profile, region or addressing style
        raise SettingsError(f"the AWS configuration cannot be used: {error}", tag="AWS_PROFILE") from error


def _add_content_md5(params: dict[str, Any], **_: Any) -> None:
    """Add the Content-MD5 that MinIO's and Swift's servers require (handler of ``before-call``)."""
    body = params["body"]
    digest = md5(body if isinstance(body, bytes) else str(body).encode(), usedforsecurity=False).digest()
    params["headers"]["Content-MD5"] = b64encode(digest).decode()
