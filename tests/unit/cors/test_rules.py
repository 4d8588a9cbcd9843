"""What a rule is, how it is read and written, and which expected rules are refused."""

import json

import pytest

from galleria_storage.cors.cors_settings import cors_settings
from galleria_storage.cors.expected import expected_rules, rules_from_settings
from galleria_storage.cors.rules import CorsRule, default_gallery_rules, found_rules
from galleria_storage.errors import SettingsError

ENV = {"S3_PUBLIC_BUCKET": "photos"}


def test_the_settings_left_alone_ask_for_the_default_rules() -> None:
    assert [rule.to_document() for rule in rules_from_settings(cors_settings(ENV))] == default_gallery_rules()


def test_each_call_returns_new_default_rules() -> None:
    default_gallery_rules()[0]["AllowedOrigins"].append("https://changed.example")
    assert default_gallery_rules()[0]["AllowedOrigins"] == ["*"]


def test_single_settings_make_one_rule() -> None:
    env = ENV | {
        "CORS_ALLOWED_ORIGINS": "https://a.example, https://*.b.example",
        "CORS_ALLOWED_METHODS": "get",
        "CORS_ALLOWED_HEADERS": "Range",
        "CORS_EXPOSE_HEADERS": "ETag,Content-Length",
        "CORS_MAX_AGE_SECONDS": "60",
    }
    assert rules_from_settings(cors_settings(env)) == (
        CorsRule(("https://a.example", "https://*.b.example"), ("GET",), ("Range",), ("ETag", "Content-Length"), 60),
    )


def test_a_document_takes_the_place_of_the_single_settings() -> None:
    document = [{"AllowedOrigins": ["https://a.example"], "AllowedMethods": ["GET"], "ID": "readers"}]
    env = ENV | {"CORS_RULES": json.dumps(document), "CORS_ALLOWED_ORIGINS": "https://ignored.example"}
    assert rules_from_settings(cors_settings(env)) == (CorsRule(("https://a.example",), ("GET",), rule_id="readers"),)


def test_a_found_rule_keeps_everything_and_is_written_back_as_it_was() -> None:
    document = {
        "ID": "from another tool",
        "AllowedMethods": ["put", "PUT"],
        "AllowedOrigins": ["http://*.Example.com/"],
        "AllowedHeaders": ["x-*"],
        "ExposeHeaders": ["*"],
        "MaxAgeSeconds": 0,
    }
    assert found_rules([document])[0].to_document() == document


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"AllowedMethods": ["PATCH"]}, "AllowedMethods has 'PATCH'; allowed are GET, PUT, HEAD, POST, DELETE"),
        ({"AllowedMethods": []}, "need at least one value"),
        ({"AllowedOrigins": "https://a.example"}, "AllowedOrigins is 'https://a.example'; allowed is a list"),
        ({"AllowedOrigins": [""]}, "allowed is a list of texts"),
        ({"AllowedOrigins": ["https://*.*.example"]}, "more than one"),
        ({"AllowedOrigins": ["https://A.example"]}, "write 'https://a.example'"),
        ({"AllowedOrigins": ["https://a.example/"]}, "write 'https://a.example'"),
        ({"AllowedOrigins": ["a.example"]}, "write 'https://a.example'"),
        ({"AllowedHeaders": ["*-x-*"]}, "more than one"),
        ({"ExposeHeaders": ["*"]}, "each header by its full name"),
        ({"MaxAgeSeconds": "3600"}, "MaxAgeSeconds is '3600'"),
        ({"MaxAgeSeconds": True}, "MaxAgeSeconds is True"),
        ({"MaxAgeSeconds": -1}, "MaxAgeSeconds is -1"),
        ({"ID": "x" * 256}, "at most 255"),
        ({"MaxAge": 5}, "unknown field 'MaxAge'"),
    ],
)
def test_an_expected_rule_that_s3_would_refuse_is_refused_by_name(change: dict[str, object], words: str) -> None:
    good = {"AllowedOrigins": ["https://a.example"], "AllowedMethods": ["GET"]}
    with pytest.raises(SettingsError, match="CORS_RULES, rule 2: ") as caught:
        expected_rules([good, good | change])
    assert words in caught.value.message


def test_more_rules_than_s3_keeps_are_refused() -> None:
    with pytest.raises(SettingsError, match="101 rules; allowed are 1 to 100"):
        expected_rules(default_gallery_rules() * 101)
