"""The provider's profile is chosen by the setting, else by the endpoint's host name, else it has to be probed."""

import pytest

from galleria_storage.errors import SettingsError
from galleria_storage.s3.access import PROFILE_NAMES
from galleria_storage.s3.endpoints import parse_endpoint
from galleria_storage.s3.profiles import CEPH, PROFILES, UNKNOWN, named, profile_of_host


@pytest.mark.parametrize(
    ("endpoint", "name"),
    [
        ("https://s3.eu-central-1.amazonaws.com", "aws"),
        ("https://s3.cn-north-1.amazonaws.com.cn", "aws"),
        ("https://bucket.vpce-1a2b.s3.us-east-1.vpce.amazonaws.com", "aws"),
        ("fsn1.your-objectstorage.com", "ceph"),
        ("https://NYC3.digitaloceanspaces.com/", "ceph"),
        ("https://0123.r2.cloudflarestorage.com", "r2"),
        ("https://0123.eu.r2.cloudflarestorage.com", "r2"),
        ("s3.us-west-004.backblazeb2.com:443", "b2"),
    ],
)
def test_a_known_endpoint_chooses_its_profile(endpoint: str, name: str) -> None:
    assert profile_of_host(parse_endpoint(endpoint).host).name == name


@pytest.mark.parametrize("endpoint", ["https://s3.example.org", "127.0.0.1:9000", "https://amazonaws.com.evil.org"])
def test_an_unknown_endpoint_is_to_be_probed(endpoint: str) -> None:
    assert profile_of_host(parse_endpoint(endpoint).host) is UNKNOWN


def test_a_setting_names_a_profile_or_none() -> None:
    assert (named("ceph"), named("")) == (CEPH, None)


def test_a_profile_that_does_not_exist_is_an_error_that_lists_those_that_do() -> None:
    with pytest.raises(SettingsError, match=r"'azure'; allowed are aws, ceph"):
        named("azure")


def test_every_profile_of_the_settings_exists_under_its_name() -> None:
    assert tuple(PROFILES) == PROFILE_NAMES
    assert [p.name for p in PROFILES.values()] == list(PROFILE_NAMES)


def test_only_aws_is_sent_trailing_checksums() -> None:
    assert [p.name for p in PROFILES.values() if p.request_checksums == "when_supported"] == ["aws"]


def test_ceph_gets_the_etag_without_quotes_and_everybody_else_with() -> None:
    assert {p.name for p in PROFILES.values() if p.if_match("0f") == "0f"} == {"ceph"}
    assert PROFILES["aws"].if_match("0f") == '"0f"'


@pytest.mark.parametrize("name", ["minio", "b2", "generic"])
def test_preconditions_are_relied_on_only_where_they_were_seen_to_work(name: str) -> None:
    assert not PROFILES[name].preconditions
    assert not PROFILES[name].complete_preconditions
