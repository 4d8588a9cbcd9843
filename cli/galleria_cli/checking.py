"""Checks of everything that publishing a photo needs, one by one: the work of `doctor`."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlsplit

from galleria_cli.checks import Check, State, attempt, wrong
from galleria_cli.visiting import visit
from galleria_storage.cors.all_buckets import audit_buckets
from galleria_storage.cors.cors_settings import cors_settings
from galleria_storage.errors import GalleriaError, UnsupportedOperationError
from galleria_storage.publishing.publish_settings import PublishSettings, publish_settings
from galleria_storage.s3 import secret
from galleria_storage.s3.access import BucketAccess
from galleria_storage.s3.clients import Connection, connect
from galleria_storage.s3.discovery import identify, settle
from galleria_storage.s3.endpoints import is_aws
from galleria_storage.s3.faults import translated
from galleria_storage.s3.listing import list_objects
from galleria_storage.s3.objects import ABSENT, Matches, ObjectStore

_EVENTBRIDGE: Final = "EventBridgeConfiguration"
_TARGETS: Final = ("QueueConfigurations", "TopicConfigurations", "LambdaFunctionConfigurations")
_WATCH: Final = "Publish with `galleria-storage publish --watch`"


def checks(env: Mapping[str, str], *, base_url: str | None = None, writes: bool = True) -> Iterator[Check]:
    """Check one thing after the other; skip checks that depend on something that is wrong.

    Parameters
    ----------
    env
        The settings.
    base_url
        Where visitors read photos; None: not checked.
    writes
        Try out conditions with small objects in the public bucket, which are removed again.
    """
    try:
        settings = publish_settings(env)
    except GalleriaError as error:
        yield wrong("settings", error)
        return
    yield Check("settings", "ok", f"staging {settings.staging_bucket}, public {settings.public.bucket}")
    for note in settings.notes:
        yield Check("settings", "note", note)
    staging, check = _reached("staging", lambda: identify(connect(BucketAccess(settings.staging_bucket))))
    yield check
    if staging:
        yield attempt("notification", lambda: _notification(staging, settings))
    public, check = _reached("public", lambda: _public(settings, writes=writes))
    yield check
    if public:
        yield from _conditions(public, tried=writes)
        yield attempt("CORS", lambda: _cors(env))
        try:
            originals = (one.key for one in list_objects(staging.client, staging.bucket)) if staging else ()
            yield from visit(public, base_url, settings.cache_control, originals)
        except GalleriaError as error:
            yield wrong("public reading", error)


def _reached(name: str, connection: Callable[[], Connection]) -> tuple[ObjectStore | None, Check]:
    """Connect and list the bucket: if that works, keys, names, region and clock are right."""
    try:
        made = connection()
        store = ObjectStore(made.client, made.bucket, made.profile)
        any_at_all = next(iter(list_objects(store.client, store.bucket)), None)
    except GalleriaError as error:
        return None, wrong(f"{name} bucket", error)
    host = made.client.meta.endpoint_url.partition("://")[2]
    what = "has objects" if any_at_all else "is empty"
    return store, Check(
        f"{name} bucket", "ok", f"{made.bucket} at {host} ({store.profile.name}) can be listed, and {what}"
    )


def _public(settings: PublishSettings, *, writes: bool) -> Connection:
    access = BucketAccess(settings.public.bucket, secret.resolve(settings.public))
    return (settle if writes else identify)(connect(access))


def _conditions(public: ObjectStore, *, tried: bool) -> Iterator[Check]:
    """Say what the provider does with the condition of each kind of write; no answer means that a photo is lost."""
    profile = public.profile
    how = "" if tried else ", untried"
    for name, support, otherwise in (
        ("new copies", profile.support("put", ABSENT), "two events of one photo may both write it"),
        ("replaced copies", profile.support("put", Matches("x")), "an older copy may replace a newer one for a moment"),
        ("large copies", profile.support("complete", ABSENT), "the same, for photos that are sent in parts"),
        (
            "removals",
            profile.support("delete", Matches("x")),
            "a copy written meanwhile may be removed, and is written again",
        ),
    ):
        if support == "honoured":
            yield Check(f"conditions: {name}", "ok", f"they are honoured{how}")
        else:
            found = f"they are {support}{how}: {otherwise}; staging is checked once more after each write"
            yield Check(f"conditions: {name}", "note", found, "Nothing needs to be done; it costs one more request.")


def _notification(staging: ObjectStore, settings: PublishSettings) -> Check:
    """Check which notifications the staging bucket sends."""
    try:
        with translated(bucket=staging.bucket):
            found: Any = staging.client.get_bucket_notification_configuration(Bucket=staging.bucket)
    except UnsupportedOperationError:
        return Check("notification", "note", "the provider sends no notifications of new objects", f"{_WATCH}.")
    if _EVENTBRIDGE in found:
        return Check("notification", "ok", "the bucket sends all its events to EventBridge")
    entries = [entry for name in _TARGETS for entry in found.get(name, [])]
    if not entries:
        missed = "the bucket sends no notifications of new objects"
        if not is_aws(urlsplit(staging.client.meta.endpoint_url).hostname or ""):  # where no stack can hear of them
            return Check("notification", "note", missed, f"{_WATCH}.")
        return Check("notification", "wrong", missed, f"Deploy the stack with this bucket. {_WATCH} until then.")
    sent = {event for entry in entries for event in entry.get("Events", [])}
    wanted = {"s3:ObjectCreated:": "new photos", "s3:ObjectTagging:": "changed tags"}
    if settings.when_removed == "unpublish":
        wanted["s3:ObjectRemoved:"] = "removed photos"
    missing = [what for event, what in wanted.items() if not any(name.startswith(event) for name in sent)]
    if missing:
        state: State = "wrong" if "new photos" in missing else "note"
        advice = f"Add {', '.join(event for event, what in wanted.items() if what in missing)} with a * at each end."
        return Check("notification", state, f"the bucket sends no notifications of {' and '.join(missing)}", advice)
    return Check("notification", "ok", f"the bucket sends notifications of {', '.join(wanted.values())}")


def _cors(env: Mapping[str, str]) -> Check:
    settings = replace(cors_settings(env), mode="audit")
    verdicts = audit_buckets(settings, read_only=True, log=lambda *_args, **_more: None)
    bad = [verdict for verdict in verdicts if verdict.status == "drifted"]
    failed = [verdict for verdict in verdicts if verdict.status == "failed"]
    if failed:
        return Check("CORS", "wrong", failed[0].reason, failed[0].advice or "")
    if bad:
        return Check("CORS", "wrong", bad[0].reason, "Run galleria-storage cors repair.")
    unknown = [verdict for verdict in verdicts if verdict.unknown]
    if unknown:
        return Check("CORS", "note", unknown[0].reason, unknown[0].advice)
    return Check("CORS", "ok", "; ".join(verdict.reason for verdict in verdicts))
