"""Where the command works: the two buckets, and this computer's cache."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from galleria_cli.own_folders import cache_folder
from galleria_cli.text_table import printable
from galleria_storage.corrections.near_misses import near_settings
from galleria_storage.errors import SettingsError
from galleria_storage.runtime.environment import RememberedNames, completed
from galleria_storage.s3.access import BucketAccess, ProviderAccess, public_bucket
from galleria_storage.s3.objects import ObjectStore
from galleria_storage.s3.pace import Pace

if TYPE_CHECKING:
    from galleria_storage.s3.clients import Connection


def settings(stack: str | None = None) -> dict[str, str]:
    """Return the settings of this environment, or those of a stack's publish function instead.

    Raises
    ------
    SettingsError
        There is no such stack.
    """
    if not stack:
        return dict(os.environ)
    from galleria_cli.stack import settings_of  # noqa: PLC0415 # seldom

    here = {name: value for name, value in os.environ.items() if not name.startswith("S3_PUBLIC_")}
    return {**here, **settings_of(stack)}


def staging_store(bucket: str | None = None, endpoint: str | None = None, pace: Pace | None = None) -> ObjectStore:
    """Connect to staging, as the standard AWS environment says; never with the public provider's endpoint or keys.

    Parameters
    ----------
    bucket
        Overrides STAGING_BUCKET.
    endpoint
        Overrides the endpoint of the AWS environment; the keys are still the environment's.
    pace
        How fast bytes may go.

    Raises
    ------
    SettingsError
        There is no name, or the environment is contradictory.
    """
    from galleria_cli.direct.direct_access import connect_for_many  # noqa: PLC0415 # heavy
    from galleria_storage.s3.discovery import identify  # noqa: PLC0415 # the same

    name = bucket or os.environ.get("STAGING_BUCKET", "").strip()
    if not name:
        raise SettingsError(
            "STAGING_BUCKET is not set",
            tag="STAGING_BUCKET",
            advice="Set it, or give --bucket.",
        )
    access = BucketAccess(name, ProviderAccess(endpoint=endpoint or "")).check("STAGING_")
    connection = connect_for_many(access, pace)
    _note(connection)
    return ObjectStore(*identify(connection))


def public_store(
    options: Mapping[str, str | None] | None = None,
    env: Mapping[str, str] = os.environ,
    pace: Pace | None = None,
) -> ObjectStore:
    """Connect to the public bucket, as the settings S3_PUBLIC_* say; options override them."""
    from galleria_cli.direct.direct_access import connect_for_many  # noqa: PLC0415 # heavy
    from galleria_storage.s3.discovery import identify  # noqa: PLC0415 # the same

    given = {name: value for name, value in (options or {}).items() if value is not None}
    read = RememberedNames({**completed(env), **given})
    access = public_bucket(read)
    for note in near_settings(read, read.names):
        print(printable(note), file=sys.stderr)
    connection = connect_for_many(access, pace)
    _note(connection)
    return ObjectStore(*identify(connection))


def place_of(store: ObjectStore) -> str:
    """Name a bucket with its provider's host."""
    return f"bucket {store.bucket} at {_host(store)}"


def _host(reached: "Connection | ObjectStore") -> str:
    return reached.client.meta.endpoint_url.partition("://")[2]


def _note(connection: "Connection") -> None:
    from galleria_cli.subcommands import note_host  # noqa: PLC0415 # comes with Click

    note_host(connection.bucket, _host(connection))


def cache_file(name: str) -> Path:
    """Return the path of a cache file on this computer."""
    return cache_folder() / name
