"""What a person has decided about each camera, with undo: the only owner of this state."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from galleria_cli.rules.drift import DRIFT, DRIFT_FROM
from galleria_storage.errors import CorrectionError


class Decision(NamedTuple):
    """The correction of one camera's photos, with the keys of `galleria.toml`; empty: none.

    Attributes
    ----------
    shift
        Added to the capture time, ``+1h`` or ``-11m34s``.
    drift, drift_from
        Seconds to add for each day in addition, and the time on the camera's clock at which `shift` alone is right.
    zone
        Where the photos were taken.
    camera_zone
        The zone that the camera's clock was set to.
    approved
        Whether it is a rule in the file; otherwise it is only tried out on the table.
    """

    shift: str = ""
    drift: float = 0.0
    drift_from: str = ""
    zone: str = ""
    camera_zone: str = ""
    approved: bool = False

    @property
    def asked(self) -> dict[str, str | float]:
        """The rule's corrections, by their keys."""
        named: dict[str, str | float] = {"shift": self.shift, "zone": self.zone, "camera-zone": self.camera_zone}
        if self.drift and self.drift_from:
            named |= {DRIFT: self.drift, DRIFT_FROM: self.drift_from}
        return {key: value for key, value in named.items() if value}

    @classmethod
    def of_rule(cls, rule: Mapping[str, Any], *, approved: bool) -> "Decision":
        """Convert a rule's corrections to a decision."""
        texts = {
            name: str(rule.get(name.replace("_", "-"), "")) for name in ("shift", "drift_from", "zone", "camera_zone")
        }
        return cls(**texts, drift=float(rule.get(DRIFT, 0)), approved=approved)

    def changed(self, changes: Mapping[str, Any]) -> "Decision":
        """Return the decision with some fields changed.

        Raises
        ------
        CorrectionError
            There is no such field, or its value has the wrong type.
        """
        for name, value in changes.items():
            kinds = {"approved": (bool,), "drift": (int, float)}.get(name, (str,))
            if name not in self._fields or type(value) not in kinds:
                raise CorrectionError(f"a decision cannot have {name!r} = {value!r}")
        return self._replace(**changes)


class State(NamedTuple):
    """All decisions at one time.

    Attributes
    ----------
    cameras
        Decisions by camera.
    times
        The times that were typed, by the photo's name; an empty one was withdrawn.
    remove
        What the public must not learn; None: as the file says.
    zone
        Zone of all photos; None: as the file says.
    """

    cameras: Mapping[str, Decision] = MappingProxyType({})
    times: Mapping[str, str] = MappingProxyType({})
    remove: tuple[str, ...] | None = None
    zone: str | None = None

    def of(self, camera: str) -> Decision:
        """Return what is decided about a camera."""
        return self.cameras.get(camera, Decision())


class Decisions:
    """The states so far; a new one drops those that were undone."""

    def __init__(self, first: State) -> None:
        self._states = [first]
        self._at = 0

    @property
    def now(self) -> State:
        """The current state."""
        return self._states[self._at]

    @property
    def can_undo(self) -> bool:
        """Whether there is an earlier state."""
        return self._at > 0

    @property
    def can_redo(self) -> bool:
        """Whether something was undone."""
        return self._at + 1 < len(self._states)

    def decide(self, camera: str, decision: Decision) -> State:
        """Return the state in which a camera has this decision; `take` makes it the current one."""
        return self.now._replace(cameras=MappingProxyType({**self.now.cameras, camera: decision}))

    def type_time(self, name: str, time: str) -> State:
        """Return the state in which a photo has a time of its own; an empty one removes it."""
        return self.now._replace(times=MappingProxyType({**self.now.times, name: time}))

    def hide(self, groups: tuple[str, ...]) -> State:
        """Return the state in which the public does not learn this."""
        return self.now._replace(remove=groups)

    def place(self, zone: str) -> State:
        """Return the state in which all photos were taken in a zone."""
        return self.now._replace(zone=zone)

    def take(self, state: State) -> None:
        """Make a state the current one."""
        if state != self.now:
            self._states[self._at + 1 :] = [state]
            self._at += 1

    def earlier(self, steps: int) -> State:
        """Return the state so many steps back (negative: forward).

        Raises
        ------
        CorrectionError
            There is none.
        """
        if not 0 <= self._at - steps < len(self._states):
            raise CorrectionError(f"there is nothing to {'undo' if steps > 0 else 'redo'}")
        return self._states[self._at - steps]

    def go(self, steps: int) -> None:
        """Go back so many steps (negative: forward)."""
        self.earlier(steps)
        self._at -= steps
