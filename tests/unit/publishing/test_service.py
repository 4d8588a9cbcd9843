"""The publisher is made of the settings, once, and refuses settings that would do harm before it touches a bucket."""

import pytest

from galleria_storage.errors import SettingsError
from galleria_storage.publishing.service import publisher_from_environment

#: Known providers, so that making the publisher asks nobody.
ENV = {
    "STAGING_BUCKET": "staging-photos",
    "S3_PUBLIC_BUCKET": "public-photos",
    "S3_PUBLIC_ENDPOINT": "https://fsn1.your-objectstorage.com",
    "S3_PUBLIC_ACCESS_KEY": "key-id",
    "S3_PUBLIC_SECRET_KEY": "hunter2",
}


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")


def test_the_same_settings_give_the_same_publisher() -> None:
    assert publisher_from_environment(ENV) is publisher_from_environment(dict(ENV))
    assert publisher_from_environment(ENV) is not publisher_from_environment(ENV | {"CACHE_CONTROL": "no-cache"})


@pytest.mark.parametrize(
    ("change", "tag"),
    [
        ({"TIMESTAMP_OFFSET_HOURS": "yesterday"}, "TIMESTAMP_OFFSET_HOURS"),
        ({"TARGET_TIMEZONE": "Europe/Atlantis"}, "TARGET_TIMEZONE"),
        ({"TARGET_TIMEZONE_OFFSET_HOURS": "+15:00"}, "TARGET_TIMEZONE_OFFSET_HOURS"),
        ({"CAMERA_TIMEZONE": "Nowhere/Here", "TARGET_TIMEZONE": "Europe/Stockholm"}, "CAMERA_TIMEZONE"),
        ({"TARGET_TIMEZONE": "Europe/Stockholm", "TARGET_TIMEZONE_OFFSET_HOURS": "2"}, "TARGET_TIMEZONE"),
    ],
)
def test_a_default_correction_that_no_photo_can_obey_is_a_wrong_setting(change: dict[str, str], tag: str) -> None:
    with pytest.raises(SettingsError) as error:
        publisher_from_environment(ENV | change)
    assert error.value.tag == tag
    assert not error.value.permanent


def test_a_function_that_would_trigger_itself_is_refused() -> None:
    same = ENV | {"S3_PUBLIC_BUCKET": "staging-photos", "S3_PUBLIC_ENDPOINT": "s3.amazonaws.com"}
    with pytest.raises(SettingsError, match="run for ever"):
        publisher_from_environment(same)
