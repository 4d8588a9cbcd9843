"""Publishing with the settings of the environment, and with credentials that are valid now."""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from galleria_storage.corrections.correction import parse_correction
from galleria_storage.errors import AccessDeniedError, CorrectionError, GalleriaError, SettingsError
from galleria_storage.publishing.outcome import Outcome, Tell, tell_nobody
from galleria_storage.publishing.publish_settings import DEFAULT_CORRECTION_VARIABLES, PublishSettings, publish_settings
from galleria_storage.publishing.publisher import Publisher
from galleria_storage.s3 import secret
from galleria_storage.s3.access import BucketAccess, ProviderAccess
from galleria_storage.s3.clients import Connection, connect
from galleria_storage.s3.discovery import identify, settle
from galleria_storage.s3.objects import ObjectStore
from galleria_storage.s3.pace import Pace
from galleria_storage.transfer.writer import Writer

#: Besides the settings, these decide how staging is reached.
_AWS_VARIABLES: Final = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE")
#: After this many seconds, keys from a secret are compared with its current value; `aws.secrets` keeps it as long.
SECRET_SECONDS: Final = 300
_RETRY_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class _Made:
    """A publisher, and what it was made from."""

    settings: PublishSettings
    environment: tuple[str, ...]
    provider: ProviderAccess
    publisher: Publisher


class PublishService:
    """Publishes as the environment says; one object for the life of a process.

    The publisher and its clients are made on first use and kept as long as the settings stay the same. If a provider
    denies access, they are made again with a fresh secret: keys may be rotated at any time.

    Parameters
    ----------
    env
        The environment variables that `publish_settings` describes.
    clock
        Seconds that never go back.
    pace
        How fast photos may be read and written; None: as fast as they can.
    """

    def __init__(
        self,
        env: Mapping[str, str] = os.environ,
        clock: Callable[[], float] = time.monotonic,
        pace: Pace | None = None,
    ) -> None:
        self._env = env
        self._clock = clock
        self._pace = pace
        self._settings: PublishSettings | None = None
        self._read_from: dict[str, str] = {}
        self._made: _Made | None = None
        self._checked = 0.0

    def read_settings(self) -> PublishSettings:
        """Return the settings; called once at the start of an invocation, so that all its photos see the same ones.

        They are parsed again only if a variable has changed. Lambda sets those that begin with `_` again for each
        invocation; none of them is a setting.

        Raises
        ------
        SettingsError
            A setting is missing, contradictory or out of range; it is named.
        """
        env = {name: value for name, value in self._env.items() if not name.startswith("_")}
        if self._settings is None or env != self._read_from:
            self._settings = publish_settings(env)
            self._read_from = env
        return self._settings

    def publish(self, key: str, tell: Tell = tell_nobody, *, force: bool = False) -> Outcome:
        """Do as `Publisher.publish`."""
        return self._with_valid_keys(lambda publisher: publisher.publish(key, tell, force=force))

    def unpublish(self, key: str, tell: Tell = tell_nobody) -> Outcome:
        """Do as `Publisher.unpublish`."""
        return self._with_valid_keys(lambda publisher: publisher.unpublish(key, tell))

    def publisher(self) -> Publisher:
        """Return the publisher for the settings that were read last; the same one again as long as they stay the same.

        Raises
        ------
        GalleriaError
            The settings contradict each other, or the secret or the provider cannot be reached.
        """
        settings = self._settings or self.read_settings()
        environment = tuple(self._env.get(name, "") for name in _AWS_VARIABLES)
        made = self._made
        if not made or (made.settings, made.environment) != (settings, environment) or self._has_other_keys(made):
            made = self._make(settings, environment)
        return made.publisher

    def _with_valid_keys(self, act: Callable[[Publisher], Outcome]) -> Outcome:
        publisher = self.publisher()
        try:
            return act(publisher)
        except AccessDeniedError as denied:
            made = self._made
            if not made:
                raise
            secret.forget(made.settings.public)
            try:
                renewed = self._make(made.settings, made.environment)
            except GalleriaError:
                raise denied from None  # stale credentials were not the reason
            return act(renewed.publisher)

    def _has_other_keys(self, made: _Made) -> bool:
        """Whether the secret has changed; checked now and then. If it cannot be read, the old keys stay."""
        if not made.settings.public.provider.secret_arn or self._clock() - self._checked < SECRET_SECONDS:
            return False
        self._checked = self._clock()
        try:
            return secret.resolve(made.settings.public) != made.provider
        except GalleriaError:
            self._checked += _RETRY_SECONDS - SECRET_SECONDS
            return False

    def _make(self, settings: PublishSettings, environment: tuple[str, ...]) -> _Made:
        _check_default_correction(settings)
        provider = secret.resolve(settings.public)
        publisher = _publisher(settings, provider, self._env.get("AWS_ACCESS_KEY_ID", ""), self._pace)
        self._checked = self._clock()
        self._made = _Made(settings, environment, provider, publisher)
        return self._made


def _publisher(
    settings: PublishSettings, provider: ProviderAccess, staging_access_key: str, pace: Pace | None
) -> Publisher:
    staging = connect(BucketAccess(bucket=settings.staging_bucket), pace)
    public = connect(BucketAccess(settings.public.bucket, provider), pace)
    one_provider = _at_one_provider(staging, public)
    if one_provider and staging.bucket == public.bucket:
        raise SettingsError(
            f"STAGING_BUCKET and S3_PUBLIC_BUCKET are both {staging.bucket!r} at {public.client.meta.endpoint_url}; a "
            "function that writes into the bucket that triggers it would run forever",
            tag="STAGING_BUCKET",
        )
    keys = settings.public.provider
    one_account = not keys.secret_arn and keys.access_key in {"", staging_access_key}
    staging_store, public_store = _store(identify(staging)), _store(settle(public))
    writer = Writer(public_store, copies=one_provider and one_account)
    return Publisher(staging_store, public_store, settings, writer=writer)


def _check_default_correction(settings: PublishSettings) -> None:
    """Refuse a default that makes no sense: a mistake in the settings must not reject photos."""
    try:
        parse_correction({}, {}, settings.default_correction)
    except CorrectionError as error:
        variables = [name for name, key in DEFAULT_CORRECTION_VARIABLES.items() if key == error.tag]
        tag = variables[0] if variables else error.tag
        raise SettingsError(f"{tag}: {error.message}", tag=tag) from error


def _store(connection: Connection) -> ObjectStore:
    return ObjectStore(connection.client, connection.bucket, connection.profile)


def _at_one_provider(staging: Connection, public: Connection) -> bool:
    same_host = _address(staging) == _address(public)
    return same_host or staging.profile.name == public.profile.name == "aws"


def _address(connection: Connection) -> tuple[str | None, int]:
    url = urlsplit(connection.client.meta.endpoint_url)
    return url.hostname, url.port or (80 if url.scheme == "http" else 443)
