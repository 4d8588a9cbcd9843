"""Fetch the public bucket's values from AWS Secrets Manager."""

import json
from typing import TYPE_CHECKING

from galleria_storage.errors import AccessDeniedError, NotFoundError, ProviderError, SettingsError
from galleria_storage.settings import BucketAccess

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


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
    text = _fetch(access.secret_arn)
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


def _fetch(arn: str) -> str:
    import boto3  # noqa: PLC0415 # lazy: most stacks have no secret
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 # the same

    parts = arn.split(":")
    region = parts[3] if arn.startswith("arn:") and len(parts) > 3 else None  # noqa: PLR2004 # arn:partition:service:region
    try:
        client: SecretsManagerClient = boto3.session.Session().client("secretsmanager", region_name=region or None)
        return client.get_secret_value(SecretId=arn).get("SecretString", "")
    except (BotoCoreError, ClientError) as error:
        code = getattr(error, "response", {}).get("Error", {}).get("Code", type(error).__name__)
        kinds = {"ResourceNotFoundException": NotFoundError, "AccessDeniedException": AccessDeniedError}
        raise kinds.get(code, ProviderError)(
            f"the secret {arn} could not be read ({code})",
            tag="S3_PUBLIC_SECRET_ARN",
            advice="The function's role needs secretsmanager:GetSecretValue on it.",
        ) from error
