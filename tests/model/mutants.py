"""The protocol, broken on purpose: a model test that lets one of these pass is worth nothing."""

import inspect
from dataclasses import dataclass
from types import ModuleType

from galleria_storage.publishing import publisher
from galleria_storage.publishing.publisher import Publisher


@dataclass(frozen=True)
class Mutant:
    """One way to break the protocol.

    Attributes
    ----------
    name
        What is missing.
    edits
        Texts of the protocol's source, and what stands there instead.
    provider
        Where it shows.
    """

    name: str
    edits: tuple[tuple[str, str], ...]
    provider: str

    def publisher_class(self) -> type[Publisher]:
        """Return the publisher of the broken protocol."""
        source = inspect.getsource(publisher)
        for old, new in self.edits:
            assert source.count(old) == 1, f"the protocol has no longer exactly one {old!r}"
            source = source.replace(old, new)
        module = ModuleType(f"protocol with: {self.name}")
        exec(compile(source, module.__name__, "exec"), module.__dict__)  # noqa: S102 # our own source
        broken: type[Publisher] = module.__dict__["Publisher"]
        return broken


_STEP_1 = "        standing = self.public.head(run.key)  # 1\n"
_OPENED = "        with ObjectSource(self.staging, stream, self._writer.sizes.whole) as source:\n"
_LOOK_BACK = "        if isinstance(condition, Matches) or not written.conditional:  # 6\n"
_WRITE = "write(run.key, draft.content, headers, condition)"

_GIVE_UP = "                if run.attempts == MAX_ATTEMPTS:\n                    raise\n"
_SUCCESS = "                return self._done(run, 'published')\n"

MUTANTS = (
    Mutant(
        "steps 1 and 2 swapped", ((_STEP_1, "        standing = None\n"), (_OPENED, f"{_STEP_1}{_OPENED}")), "honours"
    ),
    Mutant("no precondition", ((_WRITE, "write(run.key, draft.content, headers, None)"),), "honours"),
    Mutant("no look-back", ((_LOOK_BACK, "        if False:\n"),), "ignores"),
    Mutant("no look-back", ((_LOOK_BACK, "        if False:\n"),), "refuses"),
    Mutant("no look-back after replacing", ((_LOOK_BACK, "        if not written.conditional:\n"),), "honours"),
    Mutant(
        "no look-back where conditions are ignored on Complete",
        ((_LOOK_BACK, "        if isinstance(condition, Matches):\n"),),
        "honours on put only",
    ),
    Mutant(
        "tags are not looked at again",
        (("self._wish(now).fingerprint", "self._understand(now, {}).fingerprint"),),
        "ignores",
    ),
    Mutant(
        "tags of the newest version",
        (("self.staging.tags(info.key, info.version_id)", "self.staging.tags(info.key)"),),
        "honours",
    ),
    Mutant(
        "the correction is no part of the identity",
        (("fingerprint(info, correction))", "fingerprint(info, Correction()))"),),
        "honours",
    ),
    Mutant(
        "what was asked for at a glance is done to another body",
        (("glance if glance and glance.info == source.info else", "glance or"),),
        "honours",
    ),
    Mutant("a conflict is taken for success", ((_GIVE_UP, _SUCCESS),), "honours"),
)
