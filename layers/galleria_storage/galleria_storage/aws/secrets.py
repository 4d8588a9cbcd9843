"""AWS Secrets Manager."""

from typing import TYPE_CHECKING

from galleria_storage.errors import AccessDeniedError, NotFoundError, ProviderError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


def fetch(arn: str) -> str:
    """Return the text of a secret.

    Raises
    ------
    ProviderError
        Secrets Manager refused or failed.
    """
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
