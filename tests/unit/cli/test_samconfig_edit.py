"""samconfig.toml gets the parameters of a deployment, and keeps everything else to the last byte."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria_cli.samconfig import difference, with_parameters
from galleria_storage.errors import SettingsError
from tests.support.servers.processes import ROOT

OURS = (ROOT / "samconfig.toml").read_text(encoding="utf-8")
NAMES = ("PublicBucketName", "PublicEndpoint", "PublicRegion", "PublicSecretArn", "StagingBucketName")
VALUES = st.text(st.characters(codec="ascii", categories=("L", "N", "P")), min_size=1, max_size=20)


def overrides(text: str, environment: str) -> dict[str, str]:
    entries = tomllib.loads(text)[environment]["deploy"]["parameters"]["parameter_overrides"]
    return dict(entry.split("=", 1) for entry in entries)


@given(st.sampled_from(["hetzner", "r2", "b2", "existing-buckets"]), st.dictionaries(st.sampled_from(NAMES), VALUES))
def test_parameters_get_in_and_nothing_else_changes(environment: str, parameters: dict[str, str]) -> None:
    edited = with_parameters(OURS, environment, parameters)
    before = overrides(OURS, environment) if f"[{environment}." in OURS else {}
    assert overrides(edited, environment) == {**before, **parameters}
    gone = [line for line in difference(OURS, edited, "x").splitlines()[2:] if line.startswith("-")]
    assert all(any(f'"{name}=' in line for name in parameters) for line in gone)
    assert with_parameters(edited, environment, parameters) == edited


def test_a_comment_beside_a_parameter_stays() -> None:
    edited = with_parameters(OURS, "hetzner", {"PublicEndpoint": "https://hel1.your-objectstorage.com"})
    assert '"PublicEndpoint=https://hel1.your-objectstorage.com", # or nbg1, hel1' in edited


def test_a_new_file_deploys_without_questions() -> None:
    made = tomllib.loads(with_parameters("", "b2", {"PublicBucketName": "gallery"}))
    assert made["b2"]["deploy"]["parameters"] == {
        "stack_name": "galleria-storage",
        "capabilities": "CAPABILITY_IAM",
        "resolve_s3": True,
        "fail_on_empty_changeset": False,
        "parameter_overrides": ["PublicBucketName=gallery"],
    }


def test_parameters_in_one_text_as_sam_writes_them_stay_one_text() -> None:
    text = 'version = 0.1\n[prod.deploy.parameters]\nparameter_overrides = "A=\\"b c\\" PublicRegion=x"\n'
    made = tomllib.loads(with_parameters(text, "prod", {"PublicRegion": "fsn1"}))
    assert made["prod"]["deploy"]["parameters"]["parameter_overrides"] == "A='b c' PublicRegion=fsn1"


@pytest.mark.parametrize("text", ["no [toml", "hetzner = 1", "[hetzner]\ndeploy = 1"])
def test_a_file_that_is_something_else_is_left_alone_in_words(text: str) -> None:
    with pytest.raises(SettingsError, match=r"samconfig\.toml cannot be changed"):
        with_parameters(text, "hetzner", {"PublicRegion": "fsn1"})
