"""The publisher that the environment describes, made once per cold start."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from galleria_storage.errors import SettingsError
from galleria_storage.publishing.protocol import Publisher
from galleria_storage.s3.clients import Connection, connect
from galleria_storage.s3.objects import ObjectStore
from galleria_storage.settings import BucketAccess, PublishSettings, publish_settings

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
    _made[:] = [(settings, aws, _make(settings))]
    return _made[0][2]


def _make(settings: PublishSettings) -> Publisher:
    staging = connect(BucketAccess(bucket=settings.staging_bucket))
    public = connect(settings.public)
    _refuse_a_loop(staging, public)
    return Publisher(_store(staging), _store(public), settings)


def _store(connection: Connection) -> ObjectStore:
    return ObjectStore(connection.client, connection.bucket, connection.profile)


def _refuse_a_loop(staging: Connection, public: Connection) -> None:
    """Refuse to publish into the bucket that triggers the function."""
    if staging.bucket != public.bucket:
        return
    one, other = (urlsplit(connection.client.meta.endpoint_url) for connection in (staging, public))
    if (one.hostname, one.port) == (other.hostname, other.port) or staging.profile.name == public.profile.name == "aws":
        raise SettingsError(
            f"STAGING_BUCKET and S3_PUBLIC_BUCKET are both {staging.bucket!r} at {other.hostname}; a function that "
            "writes into the bucket that triggers it would run for ever",
            tag="STAGING_BUCKET",
        )
