"""The settings of the publish function, read once from the environment into one typed object."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal, get_args

from galleria_storage.corrections.near_misses import near_settings
from galleria_storage.errors import SettingsError
from galleria_storage.runtime.environment import (
    RememberedNames,
    all_matching,
    choice,
    completed,
    matching,
    required,
    text,
    words,
)
from galleria_storage.s3.access import BucketAccess, public_bucket

DuplicateScope = Literal["key", "bucket"]
WhenRemoved = Literal["keep", "unpublish"]
SignedPhotos = Literal["publish", "reject"]

#: Environment variable -> correction key (`corrections.correction_keys`).
DEFAULT_CORRECTION_VARIABLES: Final = {
    "TIMESTAMP_OFFSET_HOURS": "timestamp-offset-hours",
    "CAMERA_TIMEZONE": "camera-timezone",
    "TARGET_TIMEZONE_OFFSET_HOURS": "target-timezone-offset-hours",
    "TARGET_TIMEZONE": "target-timezone",
    "DATE_FIELDS": "dates",
    "REMOVE_FROM_COPIES": "remove",
}
_URL_OR_EMPTY: Final = re.compile(r"(https?://[^\s/]+\S*)?")
_HEADER_NAME: Final = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE: Final = re.compile(r"[\x20-\x7e]{0,512}")  # providers bound all headers of an object together
_MEDIA_TYPE: Final = re.compile(r"[a-z]+/[a-z0-9.+-]+")


@dataclass(frozen=True, slots=True)
class PublishSettings:
    """What the publish function needs to know.

    Attributes
    ----------
    staging_bucket
        The only bucket that events may name.
    public
        Where the corrected copies go.
    default_correction
        Correction keys and values for the whole stack.
    cache_control
        Cache-Control header of published objects; empty for none.
    metadata_allowlist
        Lower-case names of user metadata that may be copied.
    pass_through_types
        Media types beside the known image formats that are published as they are.
    duplicate_scope
        Whether a duplicate is looked for under the same key or in the whole bucket.
    signed_photos
        What happens to a photo with content credentials whose correction would break its signature.
    when_removed
        What happens to the copy when somebody removes the original.
    ignored_keys
        Patterns, in lower case, of further keys to ignore (`publishing.photo_keys`).
    failure_queue_url, event_bus_name
        Where rejections and publications are reported; empty: only in the log.
    cdn_distribution_id
        CloudFront distribution in which a replaced photo is invalidated; empty: none.
    notes
        What every outcome should mention: variables that are almost settings.
    """

    staging_bucket: str
    public: BucketAccess
    default_correction: Mapping[str, str] = field(default_factory=dict)
    cache_control: str = ""
    metadata_allowlist: frozenset[str] = frozenset()
    pass_through_types: frozenset[str] = frozenset()
    duplicate_scope: DuplicateScope = "key"
    signed_photos: SignedPhotos = "publish"
    when_removed: WhenRemoved = "keep"
    ignored_keys: tuple[str, ...] = ()
    failure_queue_url: str = ""
    event_bus_name: str = ""
    cdn_distribution_id: str = ""
    notes: tuple[str, ...] = ()


def publish_settings(env: Mapping[str, str]) -> PublishSettings:
    """Read what the publish function needs.

    Raises
    ------
    SettingsError
        A setting is missing, contradictory or out of range; it is named.
    """
    env = RememberedNames(completed(env))
    public = public_bucket(env)
    staging = required(env, "STAGING_BUCKET")
    if staging == public.bucket and not public.provider.endpoint:
        raise SettingsError(
            f"STAGING_BUCKET and S3_PUBLIC_BUCKET are both {staging!r}; a function that writes into the bucket "
            "that triggers it would run forever",
            tag="STAGING_BUCKET",
        )
    scope = choice(env, "DUPLICATE_SCOPE", get_args(DuplicateScope), "key")
    signed = choice(env, "SIGNED_PHOTOS", get_args(SignedPhotos), "publish")
    removed = choice(env, "WHEN_REMOVED", get_args(WhenRemoved), "keep")
    settings = PublishSettings(
        staging_bucket=staging,
        public=public,
        default_correction={key: value for v, key in DEFAULT_CORRECTION_VARIABLES.items() if (value := text(env, v))},
        cache_control=matching(env, "CACHE_CONTROL", _HEADER_VALUE, "the value of a header such as max-age=86400"),
        metadata_allowlist=all_matching(env, "METADATA_ALLOWLIST", _HEADER_NAME, "name of metadata such as title"),
        pass_through_types=all_matching(env, "PASS_THROUGH_TYPES", _MEDIA_TYPE, "media type such as video/mp4"),
        duplicate_scope=scope,  # type: ignore[arg-type] # `choice` allows nothing else
        signed_photos=signed,  # type: ignore[arg-type] # the same
        when_removed=removed,  # type: ignore[arg-type] # the same
        ignored_keys=tuple(pattern.lower() for pattern in words(env, "IGNORED_KEYS")),
        failure_queue_url=matching(env, "FAILURE_QUEUE_URL", _URL_OR_EMPTY, "the URL of a queue"),
        event_bus_name=text(env, "EVENT_BUS_NAME"),
        cdn_distribution_id=text(env, "CDN_DISTRIBUTION_ID"),
    )
    return replace(settings, notes=near_settings(env, env.names))
