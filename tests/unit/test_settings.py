"""The environment is read once, into typed objects; a missing or contradictory setting is named."""

import json
import re
from typing import Any

import pytest

from galleria_storage.cors.cors_settings import CorsTarget, cors_settings
from galleria_storage.errors import SettingsError
from galleria_storage.publishing.publish_settings import publish_settings
from galleria_storage.runtime.environment import completed
from galleria_storage.s3.access import BucketAccess, ProviderAccess, public_bucket, public_provider

PUBLIC = {
    "S3_PUBLIC_BUCKET": "public-photos",
    "S3_PUBLIC_ENDPOINT": "https://fsn1.your-objectstorage.com",
    "S3_PUBLIC_REGION": "fsn1",
    "S3_PUBLIC_ACCESS_KEY": "key-id",
    "S3_PUBLIC_SECRET_KEY": "hunter2",
}
PUBLISH = {**PUBLIC, "STAGING_BUCKET": "staging-photos"}
SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:public-AbCdEf"


def refused(read: Any, env: dict[str, str]) -> SettingsError:
    with pytest.raises(SettingsError) as error:
        read(env)
    assert error.value.tag
    assert error.value.tag in str(error.value) or error.value.tag.removeprefix("CORS_BUCKETS: ") in str(error.value)
    return error.value


def test_the_seeds_five_settings_are_read() -> None:
    found = public_bucket(PUBLIC)
    assert found == BucketAccess(
        "public-photos", ProviderAccess(PUBLIC["S3_PUBLIC_ENDPOINT"], "fsn1", "key-id", "hunter2")
    )


def test_an_empty_endpoint_and_keys_mean_aws_with_the_role() -> None:
    assert public_bucket({"S3_PUBLIC_BUCKET": "public-photos"}) == BucketAccess("public-photos")


def test_spaces_around_a_value_mean_nothing() -> None:
    assert public_bucket({"S3_PUBLIC_BUCKET": " public-photos\n"}).bucket == "public-photos"


def test_a_secret_key_is_never_printed() -> None:
    assert "hunter2" not in repr(publish_settings(PUBLISH))


@pytest.mark.parametrize("name", ["STAGING_BUCKET", "S3_PUBLIC_BUCKET"])
@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_missing_setting_is_named(name: str, value: str | None) -> None:
    env = {key: text for key, text in PUBLISH.items() if key != name} | ({name: value} if value is not None else {})
    assert str(refused(publish_settings, env)) == f"{name} is not set"


@pytest.mark.parametrize(
    ("change", "tag"),
    [
        ({"S3_PUBLIC_SECRET_KEY": ""}, "S3_PUBLIC_SECRET_KEY"),
        ({"S3_PUBLIC_ACCESS_KEY": ""}, "S3_PUBLIC_ACCESS_KEY"),
        ({"S3_PUBLIC_SECRET_ARN": SECRET}, "S3_PUBLIC_SECRET_ARN"),
        ({"S3_PUBLIC_PROFILE": "azure"}, "S3_PUBLIC_PROFILE"),
        ({"S3_PUBLIC_BUCKET": "https://public"}, "S3_PUBLIC_BUCKET"),
        ({"DUPLICATE_SCOPE": "world"}, "DUPLICATE_SCOPE"),
        ({"PASS_THROUGH_TYPES": "video/mp4, mov"}, "PASS_THROUGH_TYPES"),
        ({"METADATA_ALLOWLIST": "title, my name"}, "METADATA_ALLOWLIST"),
        ({"CACHE_CONTROL": "max-age=1\r\nSet-Cookie: x"}, "CACHE_CONTROL"),
        ({"FAILURE_QUEUE_URL": "photos-failed"}, "FAILURE_QUEUE_URL"),
        ({"S3_PUBLIC_ENDPOINT": "", "STAGING_BUCKET": "public-photos"}, "STAGING_BUCKET"),
    ],
)
def test_a_wrong_or_contradictory_setting_is_named_with_its_value(change: dict[str, str], tag: str) -> None:
    error = refused(publish_settings, PUBLISH | change)
    assert error.tag == tag
    assert "hunter2" not in repr(vars(error))


def test_a_bucket_of_the_same_name_at_another_provider_is_another_bucket() -> None:
    assert publish_settings(PUBLISH | {"STAGING_BUCKET": "public-photos"}).staging_bucket == "public-photos"


def test_the_publish_settings_have_cautious_defaults() -> None:
    found = publish_settings(PUBLISH)
    assert (found.default_correction, found.cache_control, found.duplicate_scope) == ({}, "", "key")
    assert found.metadata_allowlist == found.pass_through_types == frozenset()
    assert (found.failure_queue_url, found.event_bus_name, found.cdn_distribution_id) == ("", "", "")


def test_every_publish_setting_is_read() -> None:
    found = publish_settings(
        PUBLISH
        | {
            "TIMESTAMP_OFFSET_HOURS": "-2",
            "TARGET_TIMEZONE": "Europe/Stockholm",
            "CACHE_CONTROL": "public, max-age=86400",
            "METADATA_ALLOWLIST": "Title, artist,",
            "PASS_THROUGH_TYPES": "video/MP4",
            "DUPLICATE_SCOPE": "bucket",
            "FAILURE_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/1/failed",
            "EVENT_BUS_NAME": "photos",
            "CDN_DISTRIBUTION_ID": "E123",
            "S3_PUBLIC_PROFILE": "CEPH",
        }
    )
    assert found.default_correction == {"timestamp-offset-hours": "-2", "target-timezone": "Europe/Stockholm"}
    assert found.cache_control == "public, max-age=86400"
    assert found.metadata_allowlist == {"title", "artist"}
    assert found.pass_through_types == {"video/mp4"}
    assert found.duplicate_scope == "bucket"
    assert found.failure_queue_url.endswith("/failed")
    assert (found.event_bus_name, found.cdn_distribution_id, found.public.provider.profile) == (
        "photos",
        "E123",
        "ceph",
    )


def test_a_secret_fills_in_the_values_and_is_then_done_with() -> None:
    provider = public_provider({"S3_PUBLIC_SECRET_ARN": SECRET})
    assert provider.with_secret(PUBLIC) == public_provider(PUBLIC)


def test_the_expected_cors_rules_default_to_the_seeds() -> None:
    found = cors_settings(PUBLIC)
    assert (found.mode, found.origins, found.methods) == ("repair", ("*",), ("GET", "HEAD"))
    assert (found.headers, found.expose_headers, found.max_age_seconds, found.rules) == (("*",), ("ETag",), 3600, None)
    assert found.buckets == (CorsTarget(public_bucket(PUBLIC)),)


def test_further_buckets_are_reached_like_the_public_one() -> None:
    found = cors_settings(PUBLIC | {"CORS_BUCKETS": "one-bucket, other-bucket"}).buckets
    assert [target.access.bucket for target in found] == ["one-bucket", "other-bucket"]
    assert {target.access.provider for target in found} == {public_provider(PUBLIC)}


def test_every_bucket_may_have_a_provider_of_its_own() -> None:
    other = {"bucket": "other", "endpoint": "https://nyc3.digitaloceanspaces.com", "secret_arn": SECRET}
    found = cors_settings({"CORS_BUCKETS": json.dumps([{"bucket": "on-aws"}, other])}).buckets
    elsewhere = BucketAccess("other", ProviderAccess(other["endpoint"], secret_arn=SECRET))
    assert found == (CorsTarget(BucketAccess("on-aws")), CorsTarget(elsewhere))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"CORS_MODE": "fix"}, "CORS_MODE is 'fix'; allowed are audit, repair, merge"),
        ({"CORS_MAX_AGE_SECONDS": "-1"}, "allowed are whole numbers from 0 to 86400"),
        ({"CORS_MAX_AGE_SECONDS": "²"}, "allowed are whole numbers"),
        ({"CORS_RULES": "{}"}, "must be a JSON list of objects"),
        ({"CORS_RULES": "[]"}, "must be a JSON list of objects"),
        ({"CORS_RULES": "[{]"}, "CORS_RULES is not JSON"),
        ({"CORS_BUCKETS": '[{"bucket": "one", "buckets": "x"}]'}, "unknown field 'buckets'"),
        ({"CORS_BUCKETS": '[{"bucket": 1}]'}, "bucket = 1; allowed are texts"),
        ({"CORS_BUCKETS": '[{"endpoint": "nas"}]'}, "CORS_BUCKETS: BUCKET is ''"),
    ],
)
def test_a_wrong_cors_setting_is_named_with_its_value(change: dict[str, str], words: str) -> None:
    assert words in str(refused(cors_settings, PUBLIC | change))


def test_the_secret_key_of_a_bucket_in_the_list_is_not_shown_when_its_type_is_wrong() -> None:
    error = refused(cors_settings, {"CORS_BUCKETS": '[{"bucket": "one", "secret_key": 12345}]'})
    assert "12345" not in str(error)


@pytest.mark.parametrize(
    "name",
    ["S3_PUBLIC_BUCKET", "S3_PUBLIC_ENDPOINT", "S3_PUBLIC_PROFILE", "S3_PUBLIC_ADDRESSING", "FAILURE_QUEUE_URL",
     "DUPLICATE_SCOPE", "PASS_THROUGH_TYPES", "METADATA_ALLOWLIST"],
)  # fmt: skip
@pytest.mark.parametrize(
    "value",
    ["https://KEY:se/cret@host/a b", "s3://KEY:hunter-secret@host", "ftp://host/a?X-Amz-Signature=hunter-secret&x y"],
)
def test_an_address_in_the_wrong_setting_is_not_shown_with_its_secret(name: str, value: str) -> None:
    error = refused(publish_settings, PUBLISH | {name: value})
    assert "cret" not in f"{error} {vars(error)}"


def test_more_settings_count_as_if_they_were_set_by_themselves() -> None:
    more = {
        "DUPLICATE_SCOPE": "bucket",
        "IGNORED_KEYS": "*.txt",
        "CORS_RULES": [{"AllowedMethods": ["GET"]}],
        "CORS_MAX_AGE_SECONDS": 60,
    }
    env = completed({"STAGING_BUCKET": "staging", "IGNORED_KEYS": "", "MORE_SETTINGS": json.dumps(more)})
    assert (env["STAGING_BUCKET"], env["DUPLICATE_SCOPE"], env["IGNORED_KEYS"]) == ("staging", "bucket", "*.txt")
    assert json.loads(env["CORS_RULES"]) == more["CORS_RULES"]
    assert env["CORS_MAX_AGE_SECONDS"] == "60"


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({"MORE_SETTINGS": "{"}, "MORE_SETTINGS is not JSON"),
        ({"MORE_SETTINGS": "[]"}, "must be a JSON object"),
        ({"MORE_SETTINGS": '{"DUPLICATE_SKOPE": "bucket"}'}, "MORE_SETTINGS has 'DUPLICATE_SKOPE'; allowed are"),
        ({"MORE_SETTINGS": '{"STAGING_BUCKET": "mine"}'}, "MORE_SETTINGS has 'STAGING_BUCKET'"),
        ({"MORE_SETTINGS": '{"DATE_FIELDS": "all"}', "DATE_FIELDS": "all"}, "DATE_FIELDS is set both by itself"),
    ],
)
def test_more_settings_that_are_wrong_are_refused(env: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(words)):
        completed(env)
