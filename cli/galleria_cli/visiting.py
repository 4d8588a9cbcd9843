"""What a visitor gets: whether a published photo can be read, and for how long it may be cached."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Final, NamedTuple
from urllib.parse import quote

from galleria_cli.checks import Check, attempt
from galleria_cli.manifest import base_url_of
from galleria_storage.cors.public_request import Answer, ask, public_url
from galleria_storage.publishing.fingerprint import is_ours
from galleria_storage.s3.answers import ObjectInfo
from galleria_storage.s3.listing import list_objects
from galleria_storage.s3.objects import ObjectStore

_LOOKED_AT: Final = 50
_OK: Final = 200
_FORBIDDEN: Final = frozenset({401, 403})
_NOT_FOUND: Final = 404


class _Visit(NamedTuple):
    """An address and its answer."""

    url: str
    answer: Answer


def visit(
    public: ObjectStore, base_url: str | None, cache_control: str, originals: Iterable[str] = ()
) -> Iterator[Check]:
    """Request a published photo as a visitor would, and judge the answer.

    Parameters
    ----------
    public
        The bucket; the first photo that is found there is requested.
    base_url
        Where visitors read; None: the provider's own address.
    cache_control
        What copies should have; empty: nothing.
    originals
        Keys of staging: a bucket may begin with many files of a site.
    """
    listed = (one.key for one in list_objects(public.client, public.bucket))
    infos = map(public.head, chain(islice(listed, _LOOKED_AT), islice(originals, _LOOKED_AT)))
    copy = next((info for info in infos if info and is_ours(info)), None)
    if copy is None:
        yield Check(
            "public reading", "note", "not checked: no published photo was found", "Publish one, and check again."
        )
        return
    seen: list[_Visit] = []
    yield attempt("public reading", lambda: _reading(public, copy, base_url, seen))
    yield _kept(copy, seen[0] if seen else None, cache_control)


def _reading(public: ObjectStore, copy: ObjectInfo, base_url: str | None, seen: list[_Visit]) -> Check:
    base = (base_url or base_url_of(public)).rstrip("/")
    url = public_url(f"{base}/{quote(copy.key)}", "--base-url")
    answer = ask(url, "HEAD", {})
    if answer.status == _OK:
        seen.append(_Visit(url.shown, answer))
        return Check("public reading", "ok", f"{url.shown} can be read by anyone")
    found = f"{url.shown} is answered with {answer.status}"
    if not base_url:
        advice = "If visitors read elsewhere (CDN, domain), give --base-url; otherwise let everybody read the bucket."
        return Check("public reading", "note", found, advice)
    if answer.status in _FORBIDDEN:
        advice = "Allow everybody to read the public bucket (see docs/providers), or let the CDN read it."
    elif answer.status == _NOT_FOUND:
        advice = f"--base-url leads elsewhere: {copy.key!r} is in the bucket. Is a folder missing, or one too many?"
    else:
        advice = "Check this address at the CDN or the provider."
    return Check("public reading", "wrong", found, advice)


def _kept(copy: ObjectInfo, visited: _Visit | None, wanted: str) -> Check:
    """Compare the Cache-Control of an answer, else of the copy, with the one that copies should have."""
    found = (visited.answer.headers.get("Cache-Control") or "") if visited else copy.cache_control
    where = f"{visited.url} is answered" if visited else f"{copy.key!r} is stored"
    said = f"{where} with {found}" if found else f"{where} without Cache-Control"
    if not wanted:
        advice = "" if found else "Every visit asks for every photo again. Set CACHE_CONTROL: max-age=86400."
        return Check("Cache-Control", "ok" if found else "note", said, advice)
    if _directives(found) == _directives(wanted):
        return Check("Cache-Control", "ok", said)
    if copy.cache_control and _directives(copy.cache_control) == _directives(wanted):
        advice = f"The bucket has {wanted}; the CDN or proxy in front of it changes that."
    else:
        advice = f"CACHE_CONTROL is {wanted}; publish older copies again: galleria-storage publish --all."
    return Check("Cache-Control", "wrong", said, advice)


def _directives(text: str) -> frozenset[str]:
    """Split a Cache-Control; neither order nor letter case count (RFC 9111, 5.2)."""
    return frozenset(part.strip().lower() for part in text.split(",") if part.strip())
