"""Checks of everything that a photo needs on its way, one by one: the work of `doctor`."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Final, Literal, NamedTuple
from urllib.parse import quote

from galleria_storage.cors.all_buckets import audit_buckets
from galleria_storage.cors.cors_settings import cors_settings
from galleria_storage.cors.public_request import ask, public_url
from galleria_storage.errors import GalleriaError
from galleria_storage.publishing.fingerprint import is_ours
from galleria_storage.publishing.publish_settings import PublishSettings, publish_settings
from galleria_storage.s3 import secret
from galleria_storage.s3.access import BucketAccess
from galleria_storage.s3.clients import Connection, connect
from galleria_storage.s3.discovery import identify, settle
from galleria_storage.s3.faults import translated
from galleria_storage.s3.listing import list_objects
from galleria_storage.s3.objects import ABSENT, Matches, ObjectStore

State = Literal["ok", "wrong", "note"]
_LOOKED_AT: Final = 50
_OK: Final = 200
_TARGETS: Final = ("QueueConfigurations", "TopicConfigurations", "LambdaFunctionConfigurations",
                   "EventBridgeConfiguration")  # fmt: skip


class Check(NamedTuple):
    """What one check found, and what to do about it."""

    name: str
    state: State
    found: str
    advice: str = ""


def checks(env: Mapping[str, str], *, base_url: str | None = None, writes: bool = True) -> Iterator[Check]:
    """Check one thing after the other; what needs a thing that is wrong is left out.

    Parameters
    ----------
    env
        The settings.
    base_url
        Where visitors read photos; None: that is not checked.
    writes
        Try out conditions with small objects in the public bucket, which are removed again.
    """
    try:
        settings = publish_settings(env)
    except GalleriaError as error:
        yield _wrong("settings", error)
        return
    yield Check("settings", "ok", f"staging {settings.staging_bucket}, public {settings.public.bucket}")
    for note in settings.notes:
        yield Check("settings", "note", note)
    staging, check = _reached("staging", lambda: identify(connect(BucketAccess(settings.staging_bucket))))
    yield check
    if staging:
        yield _attempt("notification", lambda: _notification(staging))
    public, check = _reached("public", lambda: _public(settings, writes=writes))
    yield check
    if public:
        yield _conditions(public, writes=writes)
        yield _attempt("CORS", lambda: _cors(env))
        yield _attempt("public reading", lambda: _reading(public, base_url))
    yield _cache_control(settings)


def _reached(name: str, connection: Callable[[], Connection]) -> tuple[ObjectStore | None, Check]:
    """Connect, and list: keys, names, region and clock are right if that works."""
    try:
        made = connection()
        store = ObjectStore(made.client, made.bucket, made.profile)
        any_at_all = next(iter(list_objects(store.client, store.bucket)), None)
    except GalleriaError as error:
        return None, _wrong(f"{name} bucket", error)
    host = made.client.meta.endpoint_url.partition("://")[2]
    what = "has objects" if any_at_all else "is empty"
    return store, Check(
        f"{name} bucket", "ok", f"{made.bucket} at {host} ({store.profile.name}) can be listed, and {what}"
    )


def _public(settings: PublishSettings, *, writes: bool) -> Connection:
    access = BucketAccess(settings.public.bucket, secret.resolve(settings.public))
    return (settle if writes else identify)(connect(access))


def _conditions(public: ObjectStore, *, writes: bool) -> Check:
    support = {public.profile.support("put", ABSENT), public.profile.support("put", Matches("x"))}
    if support == {"honoured"}:
        return Check("conditions", "ok", "writes on condition are honoured")
    how = "as far as is known" if writes else "untried"
    return Check("conditions", "note", f"not all writes on condition are honoured ({how}): after each write staging is "
                 "looked at once more")  # fmt: skip


def _notification(staging: ObjectStore) -> Check:
    with translated(bucket=staging.bucket):
        found = staging.client.get_bucket_notification_configuration(Bucket=staging.bucket)
    told = [name for name in _TARGETS if name in found]
    if told:
        return Check("notification", "ok", f"the bucket tells {' and '.join(told)} of new objects")
    advice = "Deploy the stack with this bucket, or publish with `publish --watch`."
    return Check("notification", "wrong", "the bucket tells nobody of new objects", advice)


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


def _reading(public: ObjectStore, base_url: str | None) -> Check:
    """Ask for a published photo as a visitor would."""
    if not base_url:
        return Check("public reading", "note", "not checked", "Give --base-url, the address at which visitors read.")
    listed = islice(list_objects(public.client, public.bucket), _LOOKED_AT)
    key = next((one.key for one in listed if (info := public.head(one.key)) and is_ours(info)), None)
    if key is None:
        return Check("public reading", "note", "not checked: no photo is published yet")
    url = public_url(f"{base_url.rstrip('/')}/{quote(key)}", "--base-url")
    answer = ask(url, "HEAD", {})
    if answer.status == _OK:
        return Check("public reading", "ok", f"{url.shown} can be read by everybody")
    advice = "Allow everybody to read the public bucket, or let the CDN do it."
    return Check("public reading", "wrong", f"{url.shown} is answered with {answer.status}", advice)


def _cache_control(settings: PublishSettings) -> Check:
    if settings.cache_control:
        return Check("Cache-Control", "ok", settings.cache_control)
    advice = "Set CACHE_CONTROL, max-age=86400 for example."
    return Check("Cache-Control", "note", "none is set: every visit asks for every photo again", advice)


def _attempt(name: str, check: Callable[[], Check]) -> Check:
    try:
        return check()
    except GalleriaError as error:
        return _wrong(name, error)


def _wrong(name: str, error: GalleriaError) -> Check:
    return Check(name, "wrong", error.message, error.advice or "")
