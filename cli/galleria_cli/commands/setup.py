"""`galleria-storage setup PROVIDER`: turns a few answers into a profile and the stack's parameters."""

from pathlib import Path
from typing import Final

import click

from galleria_cli import configuration
from galleria_cli.options import PATH, dry, reported
from galleria_cli.providers import PROVIDERS, Answers, parameters_of, settings_of, shown
from galleria_cli.questions import agree, ask
from galleria_cli.reporting import Report

_SAMCONFIG: Final = Path("samconfig.toml")
_KEYS_OF_THE_STACK: Final = """\
The stack reads the keys from a secret, never from a parameter. Write them into a file keys.json, create the
secret, delete the file, and run setup again with --secret-arn:
keys.json: {"S3_PUBLIC_ACCESS_KEY": "...", "S3_PUBLIC_SECRET_KEY": "..."}
aws secretsmanager create-secret --name gallery --secret-string file://keys.json"""


@click.command("setup", epilog="Exit status: 0 written, 2 an answer is wrong, 130 nothing was written.")
@click.argument("provider", type=click.Choice(list(PROVIDERS)), metavar="PROVIDER")
@click.option("--where", help="Region, location, account or address, as the provider calls it.")
@click.option("--staging-bucket", help="Where photos are put; empty: the stack makes one.")
@click.option("--public-bucket", help="Where corrected copies go.")
@click.option("--access-key", help="Access key of the public bucket; empty at AWS for the AWS configuration's own.")
@click.option("--secret-key", help="Secret key; better to leave it out and type it when asked, unseen.")
@click.option("--secret-arn", default="", help="ARN of the Secrets Manager secret with both keys, for the stack.")
@click.option("--profile", "name", default=configuration.DEFAULT, show_default=True, help="Name of the profile.")
@click.option(
    "--samconfig",
    type=PATH,
    metavar="FILE",
    help="Put the stack's parameters there; default: samconfig.toml, if it is in this folder.",
)
@click.option("--config-env", help="Which deployment of samconfig.toml; default: the provider's name.")
@click.option("--yes", is_flag=True, help="Write without asking.")
@dry
@reported
def command(
    *,
    provider: str,
    where: str | None,
    staging_bucket: str | None,
    public_bucket: str | None,
    access_key: str | None,
    secret_key: str | None,
    secret_arn: str,
    name: str,
    samconfig: Path | None,
    config_env: str | None,
    yes: bool,
    dry_run: bool,
    report: Report,
) -> int:
    """Ask a few questions, save the answers in a profile, and put the stack's parameters into samconfig.toml.

    Questions answered by an option are not asked. What will be written is shown first. Afterwards run galleria-storage
    doctor.
    """
    from galleria_cli import samconfig as sam  # noqa: PLC0415 # `--help` is quick
    from galleria_storage.s3.access import public_bucket as checked  # noqa: PLC0415

    answers = Answers(
        where or ask(PROVIDERS[provider].asked, PROVIDERS[provider].example or None),
        ask("Staging bucket (empty: the stack makes one)", "") if staging_bucket is None else staging_bucket,
        public_bucket or ask("Public bucket"),
        ask("Access key of the public bucket", "" if provider == "aws" else None) if access_key is None else access_key,
        secret_key or "",
    )
    if answers.access_key and not answers.secret_key:
        answers = answers._replace(secret_key=ask("Secret key", hidden=True))
    settings = settings_of(provider, answers)
    checked(settings)  # a wrong answer is an error before anything is written
    parameters = parameters_of(settings, secret_arn)
    path = samconfig or (_SAMCONFIG if _SAMCONFIG.is_file() else None)
    before = sam.read(path) if path else ""
    after = sam.with_parameters(before, config_env or provider, parameters) if path else ""
    plain = not (report.as_json or report.quiet)
    if plain:
        print(_profile(name, settings))
        print(sam.difference(before, after, str(path)) if path else _parameters(parameters))
    if not dry_run:
        if not (yes or agree("Write this?", default=True)):
            raise click.Abort
        configuration.save(name, settings)
        if path and after != before:
            sam.write(path, after)
    if plain and "PublicEndpoint" in parameters and not secret_arn:
        print(_KEYS_OF_THE_STACK)
    facts = {"profile": name, "config": str(configuration.path()), "settings": shown(settings),
             "samconfig": str(path) if path else None, "parameters": parameters, "dry_run": dry_run}  # fmt: skip
    check = f"galleria-storage {'' if name == configuration.DEFAULT else f'--profile {name} '}doctor"
    report.summary("nothing was written" if dry_run else f"written; check it with: {check}", facts)
    return 0


def _profile(name: str, settings: dict[str, str]) -> str:
    lines = "\n".join(f"  {setting} = {value}" for setting, value in shown(settings).items())
    return f"Profile {name} in {configuration.path()}:\n{lines}\n"


def _parameters(parameters: dict[str, str]) -> str:
    lines = "".join(f'  "{parameter}={value}",\n' for parameter, value in parameters.items())
    head = "For the stack, in samconfig.toml (in a folder that has one, setup writes them itself):"
    return f"{head}\n\nparameter_overrides = [\n{lines}]\n"
