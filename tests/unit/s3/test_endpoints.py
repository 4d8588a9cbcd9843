"""An address gives the region and the addressing of buckets; errors about it contain no secrets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.errors import SettingsError
from galleria_storage.s3.endpoints import AwsHost, HostFacts, aws_host, facts_of, is_aws, is_local, parse_endpoint


@pytest.mark.parametrize(
    ("host", "region"),
    [
        ("s3.us-west-004.backblazeb2.com", "us-west-004"),
        ("s3.eu-central-1.wasabisys.com", "eu-central-1"),
        ("s3.wasabisys.com", "us-east-1"),
        ("s3.nl-ams.scw.cloud", "nl-ams"),
        ("s3.gra.io.cloud.ovh.net", "gra"),
        ("s3.gra.perf.cloud.ovh.net", "gra"),
        ("s3.us-east-va.io.cloud.ovh.us", "us-east-va"),
        ("fsn1.your-objectstorage.com", "fsn1"),
        ("fr-par-1.linodeobjects.com", "fr-par-1"),
        ("sos-ch-gva-2.exo.io", "ch-gva-2"),
        ("s3.eu-central-3.ionoscloud.com", "eu-central-3"),
        ("0123.r2.cloudflarestorage.com", "auto"),
        ("0123.eu.r2.cloudflarestorage.com", "auto"),
        ("storage.googleapis.com", "auto"),
        ("nyc3.digitaloceanspaces.com", "us-east-1"),
        ("bucket.vpce-1a2b.s3.eu-west-1.vpce.amazonaws.com", "eu-west-1"),
        ("s3.example.org", ""),
        ("evil.scw.cloud.example.org", ""),
    ],
)
def test_the_region_is_read_from_a_providers_host(host: str, region: str) -> None:
    assert facts_of(host) == HostFacts(region)


@pytest.mark.parametrize(
    ("host", "region"),
    [
        ("oss-cn-hangzhou.aliyuncs.com", "cn-hangzhou"),
        ("s3.oss-eu-central-1.aliyuncs.com", "eu-central-1"),
        ("s3.oss-cn-hangzhou-internal.aliyuncs.com", "cn-hangzhou"),
        ("cos.ap-guangzhou.myqcloud.com", "ap-guangzhou"),
    ],
)
def test_some_providers_take_the_bucket_in_the_host_name_alone(host: str, region: str) -> None:
    assert facts_of(host) == HostFacts(region, "virtual")


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("s3.amazonaws.com", AwsHost("", dualstack=False, fips=False)),
        ("s3.eu-west-1.amazonaws.com", AwsHost("eu-west-1", dualstack=False, fips=False)),
        ("s3-eu-west-1.amazonaws.com", AwsHost("eu-west-1", dualstack=False, fips=False)),
        ("s3.dualstack.eu-west-1.amazonaws.com", AwsHost("eu-west-1", dualstack=True, fips=False)),
        ("s3-fips.us-gov-west-1.amazonaws.com", AwsHost("us-gov-west-1", dualstack=False, fips=True)),
        ("s3-fips.dualstack.us-east-2.amazonaws.com", AwsHost("us-east-2", dualstack=True, fips=True)),
        ("s3.cn-north-1.amazonaws.com.cn", AwsHost("cn-north-1", dualstack=False, fips=False)),
        ("s3.eusc-de-east-1.amazonaws.eu", AwsHost("eusc-de-east-1", dualstack=False, fips=False)),
    ],
)
def test_amazons_general_endpoints_are_known_in_all_partitions(host: str, found: AwsHost) -> None:
    assert aws_host(host) == found
    assert is_aws(host)


@pytest.mark.parametrize("host", ["s3-accelerate.amazonaws.com", "bucket.vpce-1a2b.s3.eu-west-1.vpce.amazonaws.com"])
def test_other_hosts_of_amazon_are_taken_as_they_are(host: str) -> None:
    assert aws_host(host) is None
    assert is_aws(host)


@pytest.mark.parametrize("host", ["amazonaws.com.evil.org", "evilamazonaws.com", "s3.example.org"])
def test_a_host_that_only_looks_like_amazons_is_a_stranger(host: str) -> None:
    assert not is_aws(host)


def test_an_emulator_nearby_is_local_and_a_public_address_is_not() -> None:
    assert [is_local(host) for host in ("localhost", "127.0.0.1", "172.17.0.1", "::1")] == [True] * 4
    assert [is_local(host) for host in ("8.8.8.8", "s3.example.org")] == [False] * 2


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://KEY:se/cret@host",
        "https://KEY:secret@host",
        "KEY:secret@host",
        "https://host/bucket?X-Amz-Signature=secret",
        "host:port?secret",
        "https://host#secret",
    ],
)
def test_what_could_be_a_secret_in_an_endpoint_is_not_repeated(endpoint: str) -> None:
    with pytest.raises(SettingsError) as error:
        parse_endpoint(endpoint)
    assert "cret" not in f"{error.value} {vars(error.value)}"
    assert error.value.__cause__ is None


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_a_settings_error(text: str) -> None:
    try:
        found = parse_endpoint(text)
    except SettingsError:
        return
    assert found.host
    assert found.url.startswith(("http://", "https://"))
