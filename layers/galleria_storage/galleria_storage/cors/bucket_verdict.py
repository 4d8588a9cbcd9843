"""The verdict on one bucket: what was found, what was done, and what it means."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from galleria_storage.cors.cors_settings import CorsMode
from galleria_storage.cors.probe import ProbeResult

VerdictStatus = Literal["ok", "drifted", "repaired", "unsupported", "failed"]
RuleDocuments = Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketVerdict:
    """The state of one bucket's CORS rules.

    Attributes
    ----------
    bucket, endpoint
        The bucket; an empty endpoint is AWS.
    mode
        What the audit was allowed to do.
    status
        ``ok``: in order. ``drifted``: out of order, and not repaired. ``repaired``: was out of order, and is in order
        now. ``unsupported``: the provider has no CORS rules. ``failed``: the rules could not be read or repaired.
    reason
        Why, in one sentence.
    advice
        What to do about it; empty for nothing.
    exact
        Whether the rules are the expected ones; None if unknown. This and the
        following attributes refer to the rules that were read last.
    effective
        Whether the gallery works with them at this provider.
    differences
        How the rules that were found differ from the expected ones.
    shortcomings
        What the gallery needs and the rules that were found do not allow.
    risks
        What the rules allow beyond the settings.
    drift
        Whether the rules were out of order when they were found, or the
        public URL does not do what the gallery needs.
    rules_before, rules_after
        The rules as found, and as read again after a write; None if not read.
    probe
        What a browser would have found at the public URL.
    error
        Name of the error's class, if there was one.
    """

    bucket: str
    endpoint: str = ""
    mode: CorsMode
    status: VerdictStatus
    reason: str
    advice: str = ""
    exact: bool | None = None
    effective: bool | None = None
    differences: tuple[str, ...] = ()
    shortcomings: tuple[str, ...] = ()
    risks: tuple[str, ...] = ()
    drift: bool = False
    rules_before: RuleDocuments | None = None
    rules_after: RuleDocuments | None = None
    probe: ProbeResult | None = field(default=None)
    error: str = ""

    @property
    def repaired(self) -> bool:
        """Whether the bucket's rules were replaced and are in order now, whatever a CDN does with them."""
        in_order = self.effective and (self.exact or self.mode == "merge")
        return self.rules_after is not None and bool(in_order)

    @property
    def unknown(self) -> bool:
        """Whether the provider has no rules, and no probe has shown whether pages may read without them."""
        return self.status == "unsupported" and self.probe is None

    def as_document(self) -> dict[str, Any]:
        """Return the verdict as JSON values."""
        document = {name: getattr(self, name) for name in self.__dataclass_fields__}
        lists = {name: list(value) for name, value in document.items() if isinstance(value, tuple)}
        return {**document, **lists, "probe": self.probe.as_document() if self.probe else None}
