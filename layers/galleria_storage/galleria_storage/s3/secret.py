"""The public bucket's keys, where a secret holds them."""

import json

from galleria_storage.aws.secrets import fetch
from galleria_storage.errors import SettingsError
from galleria_storage.s3.access import BucketAccess


def resolve(access: BucketAccess) -> BucketAccess:
    """Return `access` with what its secret holds; without a secret, as it is.

    The secret is a JSON object with the names of the environment variables
    (``S3_PUBLIC_ENDPOINT``, ``S3_PUBLIC_REGION``, ``S3_PUBLIC_ACCESS_KEY``,
    ``S3_PUBLIC_SECRET_KEY``); what it names replaces what the settings say.

    Raises
    ------
    SettingsError
        The secret is no such object, or what it holds is contradictory.
        Its text is never part of the message.
    ProviderError
        Secrets Manager refused or failed.
    """
    if not access.secret_arn:
        return access
    text = fetch(access.secret_arn)
    try:
        values = json.loads(text)
    except ValueError:
        values = None
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        raise SettingsError(
            f"the secret {access.secret_arn} is no JSON object of texts with the names of the settings, "
            'such as {"S3_PUBLIC_ACCESS_KEY": "…", "S3_PUBLIC_SECRET_KEY": "…"}',
            tag="S3_PUBLIC_SECRET_ARN",
        )
    named = values.get("S3_PUBLIC_BUCKET")
    if named and named != access.bucket:
        raise SettingsError(
            f"the secret names bucket {named!r}, but S3_PUBLIC_BUCKET is {access.bucket!r}", tag="S3_PUBLIC_BUCKET"
        )
    for name in ("S3_PUBLIC_ACCESS_KEY", "S3_PUBLIC_SECRET_KEY"):
        if not values.get(name):
            raise SettingsError(f"{name} is missing in the secret {access.secret_arn}", tag=name)
    return access.with_secret(values)
