"""Examine one bucket, and repair it if that is allowed.

The order is: read, judge, read once more, log the old rules, write, read again,
judge again. A write replaces all rules at once, so it happens only if two
answers in a row agree; otherwise one wrong answer could delete the rules of
others. The verdict reports what was read, never what was sent. The same rules
are written each time, so two concurrent runs end in the same state.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from galleria_storage.cors.bucket_verdict import BucketVerdict, VerdictStatus
from galleria_storage.cors.compare import differences
from galleria_storage.cors.cors_settings import CorsMode
from galleria_storage.cors.evaluate import Order
from galleria_storage.cors.merge import merge_rules
from galleria_storage.cors.needs import risks, shortcomings
from galleria_storage.cors.probe import probe
from galleria_storage.cors.rules import CorsRule, found_rules
from galleria_storage.errors import GalleriaError, ProviderError, SettingsError, UnsupportedOperationError
from galleria_storage.s3.access import BucketAccess
from galleria_storage.s3.bucket_cors import fetch_rules, put_rules
from galleria_storage.s3.clients import Connection

#: Pauses in seconds before each reading after a write: providers may return the old rules for a while.
REREAD_PAUSES: Final = (0.0, 0.5, 2.0)
#: Takes a message and `extra`, a mapping, like the methods of Python's and Powertools' loggers.
Log = Callable[..., None]
_LOG: Final = logging.getLogger(__name__)
_UNSUPPORTED_ADVICE: Final = (
    "Allow the gallery's origins in the server's own configuration (MinIO: MINIO_API_CORS_ALLOW_ORIGIN), "
    "and set CORS_PROBE_URL so that the audit can see whether that works."
)
_CDN_ADVICE: Final = (
    "The bucket is right: let the CDN in front of it forward the Origin header and the answer's Access-Control "
    "headers, and empty its cache."
)


@dataclass(frozen=True, slots=True)
class ExaminedRules:
    """A bucket's rules, compared with the expected ones.

    Attributes
    ----------
    rules
        As returned by the server.
    differences, shortcomings, risks
        See `compare.differences`, `needs.shortcomings`, `needs.risks`.
    """

    rules: Sequence[dict[str, Any]]
    differences: tuple[str, ...]
    shortcomings: tuple[str, ...]
    risks: tuple[str, ...]

    def in_order(self, mode: CorsMode) -> bool:
        """Whether nothing needs to be done: the gallery works, and except in `merge` the rules are the same."""
        return not self.shortcomings and (mode == "merge" or not self.differences)


def examine(rules: Sequence[dict[str, Any]], expected: Sequence[CorsRule], order: Order) -> ExaminedRules:
    """Compare rules, as the API gives them, with the expected ones, exactly and by their effect."""
    found = found_rules(rules)
    return ExaminedRules(
        rules=list(rules),
        differences=tuple(differences(found, expected)),
        shortcomings=tuple(shortcomings(found, expected, order)),
        risks=tuple(risks(found, expected)),
    )


def audit_bucket(
    access: BucketAccess,
    expected: Sequence[CorsRule],
    mode: CorsMode,
    *,
    probe_url: str = "",
    connect: Callable[[BucketAccess], Connection],
    read_only: bool = False,
    log: Log = _LOG.warning,
    pause: Callable[[float], None] = time.sleep,
) -> BucketVerdict:
    """Examine one bucket, repair it if the mode allows, and report its final state.

    Never raises an error of this library: any error becomes a verdict, so that one bucket does not stop the others.

    Parameters
    ----------
    access
        The bucket and how to reach it.
    expected
        The rules that it should have.
    mode
        See `CorsSettings.mode`.
    probe_url
        See `CorsTarget.probe_url`.
    connect
        Connects to the bucket, such as `s3.clients.connect`.
    read_only
        Judge as the mode says, but never write.
    log
        Gets the old rules before they are replaced.
    pause
        Waits for a number of seconds.
    """
    audit = _Audit(access, expected, mode, log=log, pause=pause, read_only=read_only or mode == "audit")
    try:
        verdict = audit.run(connect(access))
    except UnsupportedOperationError as error:
        audit.forget()
        verdict = audit.verdict("unsupported", f"the provider keeps no CORS rules: {error.message}", error)
        verdict = replace(verdict, advice=_UNSUPPORTED_ADVICE)
    except GalleriaError as error:
        verdict = audit.verdict("failed", audit.place(error), error)
    return _probed(verdict, probe_url, expected)


class _Audit:
    """One run over one bucket; keeps what is known so far, so that a verdict is possible at any point."""

    def __init__(
        self,
        access: BucketAccess,
        expected: Sequence[CorsRule],
        mode: CorsMode,
        *,
        read_only: bool,
        log: Log,
        pause: Callable[[float], None],
    ) -> None:
        self._access = access
        self._expected = expected
        self._mode: CorsMode = mode
        self._log = log
        self._pause = pause
        self._read_only = read_only
        self._found: ExaminedRules | None = None
        self._after: ExaminedRules | None = None

    def run(self, connection: Connection) -> BucketVerdict:
        order = connection.profile.cors_order
        if contradictions := shortcomings(self._expected, self._expected, order):
            raise SettingsError(
                f"the expected rules do not work at this provider: {contradictions[0]}",
                tag="CORS_RULES",
                advice="The first rule whose origin matches answers: put the methods for one origin into one rule.",
            )
        rules = fetch_rules(connection.client, connection.bucket)
        if not (rules or connection.profile.cors_api) and self._read_only:
            # MinIO answers that there are no rules, and refuses only new ones.
            raise UnsupportedOperationError("it rejects new ones", bucket=connection.bucket)
        found = self._found = examine(rules, self._expected, order)
        if found.in_order(self._mode):
            return self.verdict("ok", "the rules are in order")
        if self._read_only:
            return self.verdict("drifted", _in_short(found))
        self._confirm(connection, found)
        self._write(connection, found, order)
        return self.verdict("repaired", f"put right: {_in_short(found)}")

    def _confirm(self, connection: Connection, found: ExaminedRules) -> None:
        """Refuse to write if a second answer differs from the first."""
        if fetch_rules(connection.client, connection.bucket) != found.rules:
            raise ProviderError(
                "two answers in a row gave different rules, so nothing was written",
                bucket=connection.bucket,
                advice="Somebody else may be writing them, or the provider answers wrongly; run the audit again.",
            )

    def _write(self, connection: Connection, found: ExaminedRules, order: Order) -> None:
        rules = self._expected
        if self._mode == "merge":
            rules = merge_rules(found_rules(found.rules), self._expected, order)
        # Logged before the write, so that the old rules survive whatever happens next.
        self._log(
            "replacing the CORS rules of a bucket",
            extra={"bucket": connection.bucket, "rules_before": found.rules, "differences": found.differences},
        )
        put_rules(connection.client, connection.bucket, [rule.to_document() for rule in rules])
        for seconds in REREAD_PAUSES:
            self._pause(seconds)
            self._after = examine(fetch_rules(connection.client, connection.bucket), self._expected, order)
            if self._after.in_order(self._mode) and not _lost(rules, self._after):
                return
        raise ProviderError(
            f"the new rules were accepted, but the bucket has different rules now: {_in_short(self._after or found)}",
            bucket=connection.bucket,
            advice="Somebody else, or another tool, may be writing them too.",
        )

    def forget(self) -> None:
        """Drop what was found: it means nothing for a provider without rules."""
        self._found = self._after = None

    def place(self, error: GalleriaError) -> str:
        """Return the error's message, preceded by what is already known about the bucket."""
        known = f"out of order ({_in_short(self._found)}), and not put right: " if self._drift else ""
        return known + error.message

    @property
    def _drift(self) -> bool:
        return self._found is not None and not self._found.in_order(self._mode)

    def verdict(self, status: VerdictStatus, reason: str, error: GalleriaError | None = None) -> BucketVerdict:
        found, last = self._found, self._after or self._found
        return BucketVerdict(
            bucket=self._access.bucket,
            endpoint=self._access.provider.endpoint,
            mode=self._mode,
            status=status,
            reason=reason,
            advice=(error.advice or "") if error else "",
            exact=None if last is None else not last.differences,
            effective=None if last is None else not last.shortcomings,
            differences=found.differences if found else (),
            shortcomings=found.shortcomings if found else (),
            risks=last.risks if last else (),
            drift=self._drift,
            rules_before=found.rules if found else None,
            rules_after=self._after.rules if self._after else None,
            error=type(error).__name__ if error else "",
        )


def _lost(written: Sequence[CorsRule], after: ExaminedRules) -> bool:
    """Whether a written rule, perhaps somebody else's, is missing afterwards."""
    there = {_in_capitals(rule) for rule in found_rules(after.rules)}
    return not {_in_capitals(rule) for rule in written} <= there


def _in_capitals(rule: CorsRule) -> CorsRule:
    """Return the normal form with methods in capitals, as some providers store them."""
    return replace(rule, methods=tuple(method.upper() for method in rule.methods)).normalized()


def _probed(verdict: BucketVerdict, url: str, expected: Sequence[CorsRule]) -> BucketVerdict:
    """Request the public URL, too, and say which is wrong, the bucket or the CDN in front of it."""
    if not url:
        return verdict
    try:
        result = probe(url, expected)
    except (SettingsError, ProviderError) as error:
        reason = f"{verdict.reason}; but the probe showed nothing: {error.message}"
        return replace(
            verdict, status="failed", reason=reason, advice=error.advice or verdict.advice, error=type(error).__name__
        )
    verdict = replace(verdict, probe=result, drift=verdict.drift or not result.passed)
    if result.passed:
        note = "the public URL answers as the gallery needs"
        if verdict.effective is False:
            note += ": a CDN in front of the bucket adds what the bucket does not"
        return replace(verdict, reason=f"{verdict.reason}; {note}")
    if verdict.status in {"ok", "repaired"}:
        return replace(
            verdict,
            status="drifted",
            reason=f"{verdict.reason}; but the public URL does not pass them on: {result.problems[0]}",
            advice=_CDN_ADVICE,
        )
    return replace(verdict, reason=f"{verdict.reason}; the public URL shows it: {result.problems[0]}")


def _in_short(found: ExaminedRules | None) -> str:
    """Return what matters most: what visitors cannot do, or else how the rules differ."""
    return "; ".join((found.shortcomings or found.differences)[:2]) if found else ""
