"""The protocol, broken on purpose: a model test that lets one of these pass is worth nothing."""

import inspect
from dataclasses import dataclass
from types import ModuleType

from galleria_storage.publishing import claims, fingerprint, publisher, wishes
from galleria_storage.publishing.publish_settings import DuplicateScope
from galleria_storage.publishing.publisher import Publisher


@dataclass(frozen=True)
class Mutant:
    """One way to break the protocol.

    Attributes
    ----------
    name
        What is missing.
    edits
        Texts of the protocol's source, and their replacements.
    provider
        Where it shows.
    module
        Which part of the protocol is edited.
    scope
        The scope of duplicates in which it shows; None: in any.
    """

    name: str
    edits: tuple[tuple[str, str], ...]
    provider: str
    module: ModuleType = publisher
    scope: DuplicateScope | None = None

    def publisher_class(self) -> type[Publisher]:
        """Return the publisher of the broken protocol."""
        broken = self._broken()
        if self.module is not publisher:
            around = self._run(inspect.getsource(publisher))
            own = {name for name, value in vars(self.module).items() if inspect.getmodule(value) is self.module}
            around.__dict__.update({name: broken.__dict__[name] for name in own})
            broken = around
        found: type[Publisher] = broken.__dict__["Publisher"]
        return found

    def _broken(self) -> ModuleType:
        source = inspect.getsource(self.module)
        for old, new in self.edits:
            assert source.count(old) == 1, f"the protocol has no longer exactly one {old!r}"
            source = source.replace(old, new)
        return self._run(source)

    def _run(self, source: str) -> ModuleType:
        module = ModuleType(f"protocol with: {self.name}")
        exec(compile(source, module.__name__, "exec"), module.__dict__)  # noqa: S102 # our own source
        return module


_LOOK_AT_PUBLIC = "        errand.standing = standing = self.public.head(errand.key)  # look at public\n"
_OPENED = "        with self._writer.source(self.staging, stream) as source:\n"
_LOOK_BACK = "        if not (isinstance(condition, Matches) or follows or elsewhere) and written.conditional:\n"
_WRITE = "write(errand.key, draft.content, headers, condition)"
_GIVE_UP = "                if errand.attempts == MAX_ATTEMPTS:\n                    raise\n"
_SUCCESS = "                return errand.done('published')\n"
_ASKED = "        now = self._wishes.look(key)\n        return now.fingerprint if now else None\n"
_ASKED_WITHOUT_TAGS = """
        now = self.staging.head(key)
        return self._wishes.understand(now, {}).fingerprint if now else None
"""
_PUBLISHED = "        if self._is_published(holder.key, fingerprint)"
_MAY_EXPIRE = 'original.expires if original.expires is not None else float("inf")'
_FOLLOWS = "errand.removed or (standing and not outlives_its_original(standing, self._now()))"

MUTANTS = (
    Mutant(
        "public is looked at after staging was read",
        ((_LOOK_AT_PUBLIC, "        standing = None\n"), (_OPENED, f"{_LOOK_AT_PUBLIC}{_OPENED}")),
        "honours",
    ),
    Mutant("no precondition", ((_WRITE, "write(errand.key, draft.content, headers, None)"),), "honours"),
    Mutant("no look-back", ((_LOOK_BACK, "        if True:\n"),), "ignores"),
    Mutant("no look-back", ((_LOOK_BACK, "        if True:\n"),), "refuses"),
    Mutant("no look-back after replacing", ((_LOOK_BACK, "        if written.conditional:\n"),), "honours"),
    Mutant(
        "no look-back where conditions are ignored on Complete",
        ((_LOOK_BACK, "        if not (isinstance(condition, Matches) or follows or elsewhere):\n"),),
        "honours on put only",
    ),
    Mutant("tags are not looked at again", ((_ASKED, _ASKED_WITHOUT_TAGS),), "ignores"),
    Mutant(
        "tags of the newest version",
        (("self._staging.tags(info.key, info.version_id)", "self._staging.tags(info.key)"),),
        "honours",
        wishes,
    ),
    Mutant(
        "the correction is not part of the identity",
        (("fingerprint(info, correction, carried)", "fingerprint(info, Correction(), carried)"),),
        "honours",
        wishes,
    ),
    Mutant(
        "what was asked for at a glance is done to another body",
        (("glance if glance and glance.info == source.info else", "glance or"),),
        "honours",
    ),
    Mutant("a conflict is taken for success", ((_GIVE_UP, _SUCCESS),), "honours"),
    Mutant(
        "no look at staging after a copy was taken away",
        (("        if self.staging.head(errand.key):", "        if False:"),),
        "honours",
        scope="key",
    ),
    Mutant(
        "no look-back for an original that goes while it is published",
        (("        follows = self._original_until(wish.info) > 0\n", "        follows = False\n"),),
        "honours",
    ),
    Mutant("a retry leaves the copy of an original that went meanwhile", ((_FOLLOWS, "errand.removed"),), "honours"),
    Mutant("a lifecycle rule is taken for somebody", ((_MAY_EXPIRE, 'float("inf")'),), "honours", fingerprint),
    Mutant(
        "a holder that has published nothing is believed",
        (
            (_PUBLISHED, f"{_PUBLISHED} or self._asked(holder.key) == fingerprint"),
            (
                " or not self._is_published(holder.key, fingerprint):\n                return",
                ":\n                return",
            ),
        ),
        "honours",
        claims,
        "bucket",
    ),
    Mutant(
        "nobody who waits is published before a copy goes",
        (("if heir := self._claims.leave(leaves, errand.key):", "if heir := '':"),),
        "honours",
        scope="bucket",
    ),
    Mutant(
        "a key waits for a holder that is leaving",
        (("if self._is_leaving(fingerprint, holder.key):", "if False:"),),
        "honours",
        claims,
        "bucket",
    ),
    Mutant(
        "a key waits for a holder that has left",
        (
            (
                " or not self._is_published(holder.key, fingerprint):\n                return",
                ":\n                return",
            ),
        ),
        "ignores",
        claims,
        "bucket",
    ),
    Mutant(
        "a run that may write over what it has not seen does not say so",
        (("        self._write(note, key, None)\n        try:", "        try:"),),
        "ignores",
        claims,
        "bucket",
    ),
    Mutant(
        "a holder leaves without a note",
        (('        self._write(self._note(fingerprint, "leaving", key), key, None)\n', ""),),
        "honours",
        claims,
        "bucket",
    ),
    Mutant(
        "no look-back where a newer content may be left to another key",
        (('elsewhere = self.settings.duplicate_scope == "bucket"', "elsewhere = False"),),
        "honours",
        scope="bucket",
    ),
    Mutant(
        "a copy does not say that it replaced another",
        (('REPLACED: "yes" if replaced else "",', 'REPLACED: "",'),),
        "honours",
        fingerprint,
    ),
    Mutant(
        "nobody hears of a copy whose original is rejected by now",
        (("                if error.permanent:\n                    errand.make_up_for(self._now())\n", ""),),
        "honours",
    ),
    Mutant("nobody hears of an heir", (("        errand.tell(outcome)\n", ""),), "honours", scope="bucket"),
    Mutant(
        "every missing original is taken for a removed one",
        ((_FOLLOWS, "True"),),
        "honours",
    ),
)
