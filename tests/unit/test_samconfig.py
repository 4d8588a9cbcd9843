"""The profiles of samconfig.toml: they deploy without questions, and with what the template takes."""

import re
import tomllib

import pytest

from tests.support.servers.processes import ROOT
from tests.support.stack.template import Stack, source

SAM_CONFIG = tomllib.loads((ROOT / "samconfig.toml").read_text(encoding="utf-8"))
PROFILES = [name for name in SAM_CONFIG if name not in {"version", "default"}]
#: What a reader fills in -> an example of it.
FILLED_IN = {"ACCOUNT": "123456789012", "REGION": "eu-central-1", "CLOUDFLARE-123456789012": "0123abcd", "/ID": "/1"}


@pytest.mark.parametrize("name", ["default", *PROFILES])
def test_a_profile_deploys_without_questions(name: str) -> None:
    settings = {**SAM_CONFIG[name].get("global", {}).get("parameters", {}), **SAM_CONFIG[name]["deploy"]["parameters"]}
    needed = {"stack_name": "galleria-storage", "capabilities": "CAPABILITY_IAM", "resolve_s3": True}
    assert needed.items() <= settings.items()
    assert not settings.get("confirm_changeset")


@pytest.mark.parametrize("name", PROFILES)
def test_a_filled_in_profile_is_what_the_template_takes(name: str) -> None:
    given = dict(entry.split("=", 1) for entry in SAM_CONFIG[name]["deploy"]["parameters"]["parameter_overrides"])
    for parameter, written in given.items():
        value = written
        for word, filled in FILLED_IN.items():
            value = value.replace(word, filled)
        entry = source()["Parameters"][parameter]
        assert re.fullmatch(entry.get("AllowedPattern", ".*"), value), parameter
        assert value in map(str, entry.get("AllowedValues", [value])), parameter
    assert Stack(given).refusals() == []


@pytest.mark.parametrize("name", PROFILES)
def test_the_pages_name_every_profile(name: str) -> None:
    assert f"--config-env {name}" in (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
