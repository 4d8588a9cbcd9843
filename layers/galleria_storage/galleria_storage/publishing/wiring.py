"""The publisher that the environment describes, made once per cold start."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from galleria_storage.corrections.correction import parse_correction
from galleria_storage.errors import CorrectionError, SettingsError
from galleria_storage.publishing.publisher import Publisher
from galleria_storage.publishing.settings import DEFAULT_CORRECTION_VARIABLES, PublishSettings, publish_settings
from galleria_storage.s3.access import BucketAccess
from galleria_storage.s3.clients import Connection, connect
from galleria_storage.s3.objects import ObjectStore
from galleria_storage.s3.probe import identify, settle
from galleria_storage.transfer.writer import Writer

#: What decides how staging is reached, beside the settings.
_AWS_VARIABLES: Final = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE")
_made: list[tuple[PublishSettings, tuple[str, ...], Publisher]] = []


def publisher_from_environment(env: Mapping[str, str]) -> Publisher:
    """Return the publisher for these settings; the same one again as long as they stay the same.

    Parameters
    ----------
    env
        The environment variables that `settings` describes.

    Raises
    ------
    SettingsError
        A setting is missing or contradictory, or staging and public are one bucket.
    """
    settings = publish_settings(env)
    aws = tuple(env.get(name, "") for name in _AWS_VARIABLES)
    for known_settings, known_aws, publisher in _made:
        if (known_settings, known_aws) == (settings, aws):
            return publisher
    _made[:] = [(settings, aws, _make(settings, env.get("AWS_ACCESS_KEY_ID", "")))]
    return _made[0][2]


def close_connections() -> None:
    """Drop the connections of every publisher that was made; its clients open new ones when they need them."""
    for _settings, _aws, publisher in _made:
        for store in (publisher.staging, publisher.public):
            store.client.close()


def _make(settings: PublishSettings, staging_access_key: str) -> Publisher:
    _check_default_correction(settings)
    staging = connect(BucketAccess(bucket=settings.staging_bucket))
    public = connect(settings.public)
    one_provider = _at_one_provider(staging, public)
    if one_provider and staging.bucket == public.bucket:
        raise SettingsError(
            f"STAGING_BUCKET and S3_PUBLIC_BUCKET are both {staging.bucket!r} at {public.client.meta.endpoint_url}; a "
            "function that writes into the bucket that triggers it would run for ever",
            tag="STAGING_BUCKET",
        )
    stores = _store(identify(staging)), _store(settle(public))
    keys = settings.public.provider
    one_account = not keys.secret_arn and keys.access_key in {"", staging_access_key}
    writer = Writer(stores[1], copies=one_provider and one_account)
    return Publisher(*stores, settings, writer=writer)


def _check_default_correction(settings: PublishSettings) -> None:
    """Refuse a default that no photo can obey: the mistake is in the settings, and no photo is rejected for it."""
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
