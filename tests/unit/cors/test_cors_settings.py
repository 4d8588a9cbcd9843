"""The settings of the audit: which buckets, which rules, what is refused."""

import json

import pytest

from galleria_storage.cors.cors_settings import CorsTarget, cors_settings
from galleria_storage.errors import SettingsError
from galleria_storage.s3.access import BucketAccess, ProviderAccess

ENV = {
    "S3_PUBLIC_BUCKET": "photos",
    "S3_PUBLIC_ENDPOINT": "https://fsn1.your-objectstorage.com",
    "S3_PUBLIC_ACCESS_KEY": "key",
    "S3_PUBLIC_SECRET_KEY": "very-secret",
    "CORS_PROBE_URL": "https://cdn.example/one.jpg",
}


def test_without_a_word_the_public_bucket_is_repaired() -> None:
    settings = cors_settings(ENV)
    assert settings.mode == "repair"
    [target] = settings.buckets
    assert (target.access.bucket, target.probe_url) == ("photos", "https://cdn.example/one.jpg")


@pytest.mark.parametrize(
    ("names", "probed"),
    [("family, photos", ["", "https://cdn.example/one.jpg"]), ("family, friends", ["", ""]),
     ("family", ["https://cdn.example/one.jpg"])],
)  # fmt: skip
def test_one_address_shows_the_public_bucket_or_the_only_one(names: str, probed: list[str]) -> None:
    assert [target.probe_url for target in cors_settings(ENV | {"CORS_BUCKETS": names}).buckets] == probed


def test_names_of_buckets_are_reached_like_the_public_one_and_the_probe_asks_for_that_one_alone() -> None:
    targets = cors_settings(ENV | {"CORS_BUCKETS": "photos, family ,"}).buckets
    assert [(t.access.bucket, t.access.provider.access_key, t.probe_url) for t in targets] == [
        ("photos", "key", "https://cdn.example/one.jpg"),
        ("family", "key", ""),
    ]


@pytest.mark.parametrize("text", [" ", ",", " , "])
def test_a_list_of_nothing_is_the_public_bucket(text: str) -> None:
    assert [t.access.bucket for t in cors_settings(ENV | {"CORS_BUCKETS": text}).buckets] == ["photos"]


def test_a_document_gives_each_bucket_its_own_endpoint_and_profile() -> None:
    document = [
        {"bucket": "at-aws"},
        {"bucket": "at-home", "endpoint": "https://s3.home.example", "profile": "minio", "probe_url": "https://x/y"},
    ]
    buckets = cors_settings(ENV | {"CORS_BUCKETS": json.dumps(document)}).buckets
    assert buckets == (
        CorsTarget(BucketAccess("at-aws")),
        CorsTarget(BucketAccess("at-home", ProviderAccess("https://s3.home.example", profile="minio")), "https://x/y"),
    )


def test_rules_are_taken_in_the_form_of_the_aws_command_line_too() -> None:
    rules = [{"AllowedOrigins": ["*"], "AllowedMethods": ["GET"]}]
    plain = cors_settings(ENV | {"CORS_RULES": json.dumps(rules)}).rules
    assert plain == cors_settings(ENV | {"CORS_RULES": json.dumps({"CORSRules": rules})}).rules == tuple(rules)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("CORS_MODE", "fix", "CORS_MODE is 'fix'; allowed are audit, repair, merge"),
        ("CORS_RULES", "GET", "CORS_RULES is not JSON"),
        ("CORS_RULES", "[]", "at least one entry"),
        ("CORS_RULES", '{"Rules": []}', "must be a JSON list"),
        ("CORS_BUCKETS", "[{]", "CORS_BUCKETS is not JSON"),
        ("CORS_BUCKETS", '[{"name": "x"}]', "unknown field 'name'; allowed are access_key, addressing, bucket"),
        ("CORS_BUCKETS", '[{"bucket": 5}]', "CORS_BUCKETS has bucket = 5; allowed are texts"),
        ("CORS_BUCKETS", '[{"bucket": "photos", "access_key": "key"}]', "SECRET_KEY is missing"),
        ("CORS_BUCKETS", '[{"bucket": "photos", "profile": "hetzner"}]', "allowed are aws, ceph"),
        ("CORS_BUCKETS", "a/b", "'a/b', which is not a bucket name"),
        ("CORS_MAX_AGE_SECONDS", "1 hour", "CORS_MAX_AGE_SECONDS is '1 hour'"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(name: str, value: str, words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        cors_settings(ENV | {name: value})
    assert words in caught.value.message
    assert caught.value.tag is not None
    assert name in caught.value.message
    assert "very-secret" not in caught.value.message
