"""The questions of `setup` for each provider, and the settings and stack parameters made from the answers."""

from collections.abc import Mapping
from typing import Final, NamedTuple


class Provider(NamedTuple):
    """One provider.

    Attributes
    ----------
    name
        As people say it.
    asked, example
        The question for its endpoint or region, and a possible answer (empty: there is no default).
    endpoint, region
        How both are made from the answer; an empty endpoint means AWS.
    """

    name: str
    asked: str
    example: str
    endpoint: str
    region: str


PROVIDERS: Final = {
    "aws": Provider("AWS", "Region", "eu-north-1", "", "{}"),
    "hetzner": Provider("Hetzner", "Location (fsn1, nbg1, hel1)", "fsn1", "https://{}.your-objectstorage.com", "{}"),
    "r2": Provider("Cloudflare R2", "Account id", "", "https://{}.r2.cloudflarestorage.com", "auto"),
    "b2": Provider("Backblaze B2", "Region", "eu-central-003", "https://s3.{}.backblazeb2.com", "{}"),
    # Spaces signs for us-east-1 wherever a bucket is; the library knows that by the host.
    "spaces": Provider("DigitalOcean Spaces", "Region", "fra1", "https://{}.digitaloceanspaces.com", ""),
    "minio": Provider("MinIO", "Address", "https://minio.example.com", "{}", ""),
}

#: Setting -> parameter of the template. Keys belong in a secret, never in parameters.
_PARAMETERS: Final = {
    "STAGING_BUCKET": "StagingBucketName",
    "S3_PUBLIC_BUCKET": "PublicBucketName",
    "S3_PUBLIC_ENDPOINT": "PublicEndpoint",
    "S3_PUBLIC_REGION": "PublicRegion",
    "S3_PUBLIC_SECRET_ARN": "PublicSecretArn",
}
_SECRET: Final = frozenset({"S3_PUBLIC_SECRET_KEY"})


class Answers(NamedTuple):
    """A person's answers, or the options given; empty: nothing."""

    where: str
    staging_bucket: str
    public_bucket: str
    access_key: str
    secret_key: str


def settings_of(provider: str, answers: Answers) -> dict[str, str]:
    """Return the settings of a profile, without those that are empty."""
    made = PROVIDERS[provider]
    values = {
        "STAGING_BUCKET": answers.staging_bucket,
        "S3_PUBLIC_BUCKET": answers.public_bucket,
        "S3_PUBLIC_ENDPOINT": made.endpoint.format(answers.where),
        "S3_PUBLIC_REGION": made.region.format(answers.where),
        "S3_PUBLIC_ACCESS_KEY": answers.access_key,
        "S3_PUBLIC_SECRET_KEY": answers.secret_key,
    }
    return {setting: value.strip() for setting, value in values.items() if value.strip()}


def parameters_of(settings: Mapping[str, str], secret_arn: str) -> dict[str, str]:
    """Return the parameters of a stack that publishes to the same place.

    At AWS the stack's own region counts; it needs neither an endpoint nor a secret.
    """
    known = {**settings, "S3_PUBLIC_SECRET_ARN": secret_arn}
    if "S3_PUBLIC_ENDPOINT" not in settings:
        known = {name: value for name, value in known.items() if name.endswith("_BUCKET")}
    return {parameter: known[setting] for setting, parameter in _PARAMETERS.items() if known.get(setting)}


def shown(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the settings without the secret key, to be shown."""
    return {name: "(not shown)" if name in _SECRET else value for name, value in settings.items()}
