"""The keys of a provider's account, if they are in a secret."""

import json

from galleria_storage.aws import secrets
from galleria_storage.errors import SettingsError
from galleria_storage.s3.access import BucketAccess, ProviderAccess


def resolve(access: BucketAccess) -> ProviderAccess:
    """Return how the provider is reached, with the values in the secret; without a secret, return the access as it is.

    The secret is a JSON object with the names of the environment variables
    (``S3_PUBLIC_ENDPOINT``, ``S3_PUBLIC_REGION``, ``S3_PUBLIC_ACCESS_KEY``,
    ``S3_PUBLIC_SECRET_KEY``); its values replace those of the settings.

    Raises
    ------
    SettingsError
        The secret is not such an object, or what it holds is contradictory.
        Its text is never part of the message.
    ProviderError
        Secrets Manager refused or failed.
    """
    provider = access.provider
    if not provider.secret_arn:
        return provider
    text = secrets.fetch(provider.secret_arn)
    try:
        values = json.loads(text)
    except ValueError:
        values = None
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        raise SettingsError(
            f"the secret {provider.secret_arn} is not a JSON object of texts with the names of the settings, "
            'such as {"S3_PUBLIC_ACCESS_KEY": "…", "S3_PUBLIC_SECRET_KEY": "…"}',
            tag="S3_PUBLIC_SECRET_ARN",
        )
    other = values.get("S3_PUBLIC_BUCKET")
    if other and other != access.bucket:
        raise SettingsError(
            f"the secret names bucket {other!r}, but S3_PUBLIC_BUCKET is {access.bucket!r}", tag="S3_PUBLIC_BUCKET"
        )
    for name in ("S3_PUBLIC_ACCESS_KEY", "S3_PUBLIC_SECRET_KEY"):
        if not values.get(name):
            raise SettingsError(f"{name} is missing in the secret {provider.secret_arn}", tag=name)
    return provider.with_secret(values)


def forget(access: BucketAccess) -> None:
    """Drop the fetched secret, since the provider no longer accepts it: `resolve` will fetch it again."""
    if access.provider.secret_arn:
        secrets.forget(access.provider.secret_arn)
