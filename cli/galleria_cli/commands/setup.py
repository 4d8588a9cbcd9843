"""`galleria-storage setup PROVIDER`: a few answers, and a profile and the stack's parameters come of them."""

from typing import Final, NamedTuple

import click

from galleria_cli import configuration
from galleria_cli.subcommands import Subcommand


class Provider(NamedTuple):
    """What must be asked for a provider, and how its endpoint is made of the answer."""

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
    "spaces": Provider("DigitalOcean Spaces", "Region", "fra1", "https://{}.digitaloceanspaces.com", "{}"),
    "minio": Provider("MinIO", "Address", "https://minio.example.com", "{}", ""),
}


@click.command("setup", cls=Subcommand, epilog="Exit status: 0 written, 2 an answer is wrong.")
@click.argument("provider", type=click.Choice(list(PROVIDERS)))
@click.option("--where", help="Region, location, account or address, as the provider has it.")
@click.option("--staging-bucket", help="Where photos are put.")
@click.option("--public-bucket", help="Where corrected copies go.")
@click.option("--access-key", help="Access key of the public bucket; empty at AWS for the AWS configuration's own.")
@click.option("--secret-key", help="Its secret; better left to the question, which does not show it.")
@click.option("--profile", "name", default=configuration.DEFAULT, show_default=True, help="Name of the profile.")
def command(
    *, provider: str, where: str | None, staging_bucket: str | None, public_bucket: str | None,
    access_key: str | None, secret_key: str | None, name: str,
) -> int:  # fmt: skip
    """Ask a few questions, keep the answers in a profile, and print the stack's parameters.

    What an option answers is not asked. Afterwards: galleria-storage doctor.
    """
    from galleria_storage.s3.access import public_bucket as checked  # noqa: PLC0415 # `--help` is quick

    made = PROVIDERS[provider]
    where = where or click.prompt(f"{made.asked}", default=made.example or None)
    staging = staging_bucket or click.prompt("Staging bucket")
    public = public_bucket or click.prompt("Public bucket")
    if access_key is None:
        access_key = click.prompt("Access key of the public bucket", default="" if provider == "aws" else None)
    if access_key and not secret_key:
        secret_key = click.prompt("Secret key", hide_input=True)
    answers = {
        "STAGING_BUCKET": staging,
        "S3_PUBLIC_BUCKET": public,
        "S3_PUBLIC_ENDPOINT": made.endpoint.format(where),
        "S3_PUBLIC_REGION": made.region.format(where),
        "S3_PUBLIC_ACCESS_KEY": access_key,
        "S3_PUBLIC_SECRET_KEY": secret_key or "",
    }
    settings = {setting: value.strip() for setting, value in answers.items() if value and value.strip()}
    checked(settings)  # a wrong answer is told before anything is written
    place = configuration.save(name, settings)
    print(f"The profile {name} of {made.name} is kept in {place}. Check it with: galleria-storage doctor")
    print(_parameters(settings))
    return 0


def _parameters(settings: dict[str, str]) -> str:
    """Return what samconfig.toml needs; keys belong into a secret, never into parameters."""
    names = {"S3_PUBLIC_ENDPOINT": "PublicEndpoint", "S3_PUBLIC_REGION": "PublicRegion"}
    known = {"PublicBucketName": settings["S3_PUBLIC_BUCKET"]}
    if "S3_PUBLIC_ENDPOINT" in settings:
        known |= {parameter: settings[setting] for setting, parameter in names.items() if setting in settings}
        known["PublicSecretArn"] = "ARN-OF-A-SECRET-WITH-BOTH-KEYS"
    lines = "".join(f'  "{parameter}={value}",\n' for parameter, value in known.items())
    return f"For the stack, in samconfig.toml:\n\nparameter_overrides = [\n{lines}]"
