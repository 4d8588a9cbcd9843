"""One open light table: the photos, what was read from them, the decisions, and who saves the approved ones."""

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from galleria_cli.clock_photos import read_time
from galleria_cli.lighttable import table
from galleria_cli.lighttable.decisions import Decision, Decisions, State
from galleria_cli.lighttable.examination import Examination
from galleria_cli.lighttable.gathering import Found, Gathering
from galleria_cli.lighttable.keeping import Keeper
from galleria_cli.lighttable.preview import After, Clock
from galleria_cli.lighttable.right_of_way import RightOfWay
from galleria_cli.lighttable.rule_text import rules_of, same_conditions
from galleria_cli.lighttable.shelf import Shelf
from galleria_cli.lighttable.table import Lane
from galleria_cli.lighttable.tray import tray_json
from galleria_cli.rules.drafting import SURE, asked
from galleria_cli.rules.rulebook import parse_rulebook
from galleria_storage.clocks.cameras import grouped
from galleria_storage.clocks.offsets import offset_in
from galleria_storage.clocks.pairs import Pair, Solved, solve
from galleria_storage.clocks.proposals import Hints, Proposal, propose
from galleria_storage.clocks.untimed import FoundTime, find_times
from galleria_storage.corrections.correction_keys import REMOVE
from galleria_storage.corrections.zones import offset_text
from galleria_storage.errors import CorrectionError, NotFoundError


class Session:
    """What the page shows and changes; its methods may be called by many threads.

    Parameters
    ----------
    shelf
        Where the photos are.
    keeper
        Saves what is approved.
    way
        Lets more urgent work go before reading.
    """

    def __init__(self, shelf: Shelf, keeper: Keeper, way: RightOfWay) -> None:
        self.shelf = shelf
        self.gathering = Gathering(self.shelf, way)
        self.examination = Examination(self.shelf, self.gathering, way)
        self._keeper = keeper
        self._way = way
        self._lock = threading.Lock()
        self._found: list[Found] = []
        self._lanes: list[Lane] = []
        self._times: Mapping[str, FoundTime] = {}
        self._decisions: Decisions | None = None

    def start(self) -> None:
        """Start reading the files."""
        self.gathering.start()
        self.examination.start()

    def stop(self) -> None:
        """Stop reading files."""
        self.gathering.stop()
        self.examination.stop()

    def shown(self) -> dict[str, Any]:
        """Return everything that the page shows at first; while files are being read, what is known so far."""
        with self._way.taken(), self._lock:
            done = len(self.gathering.found())
            if done == self.gathering.total and self._keeper.ready:
                self._settle()
            else:
                self._found = self.gathering.all()
                cameras = grouped(one.shot for one in self._found)
                self._lanes = table.lanes_of([Proposal(camera, "unknown", None) for camera in cameras])
            results = self._results()
            return {
                "title": self.shelf.title,
                "reading": {"done": done, "total": self.gathering.total, "finished": self._decisions is not None},
                "offset": table.offset_of_table(results),
                "cameras": [table.lane_json(lane) for lane in self._lanes],
                "photos": table.photos_json(self._found, self._lanes, results),
                **self._decided(),
            }

    def decide(self, camera: str, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Change the decision about a camera; return what that changes on the table.

        Raises
        ------
        NotFoundError
            There is no such camera.
        CorrectionError
            A value cannot be understood.
        """
        with self._lock:
            decisions = self._settled()
            lane = self._lane(camera)
            return self._take(decisions, decisions.decide(camera, decisions.now.of(lane.key).changed(changes)))

    def type_time(self, number: int, time: str) -> dict[str, Any]:
        """Give a photo a time of its own, or remove it (an empty text)."""
        with self._lock:
            decisions = self._settled()
            return self._take(decisions, decisions.type_time(self._file_of(number).item.name, time.strip()))

    def hide(self, groups: Sequence[str]) -> dict[str, Any]:
        """Set what the public must not learn from any photo."""
        with self._lock:
            decisions = self._settled()
            return self._take(decisions, decisions.hide(tuple(groups)))

    def place(self, zone: str) -> dict[str, Any]:
        """Set the zone in which all photos were taken."""
        with self._lock:
            decisions = self._settled()
            return self._take(decisions, decisions.place(zone.strip()))

    def tray(self) -> dict[str, Any]:
        """Return the tray."""
        revealed, same, finished = self.examination.found()
        if self.gathering.finished and self._keeper.ready:
            with self._lock:
                self._settle()
        return tray_json(self.gathering.all(), revealed, same, self._times, finished=finished)

    def go_back(self, steps: int) -> dict[str, Any]:
        """Undo a number of changes (negative: redo them)."""
        with self._lock:
            decisions = self._settled()
            self._write(decisions.earlier(steps))
            decisions.go(steps)
            return self._changed()

    def solve(self, pairs: Sequence[tuple[int, int | str]]) -> dict[str, Any]:
        """Return what pairs say about the clock of their first photos.

        Parameters
        ----------
        pairs
            Number of a photo of the camera whose clock is wrong, and that of the photo of the same moment, or the time
            that a clock in the photo shows.

        Raises
        ------
        CorrectionError
            A photo has no time, or a text is not a time.
        """
        with self._lock:
            self._settled()
            results = self._results()
            known = [Pair(self._clock(wrong), self._trusted(wrong, other, results)) for wrong, other in pairs]
        if not known:
            raise CorrectionError("there is no pair")
        return _solved_json(solve(known))

    def _settle(self) -> None:
        """Once all files are read: group them, look for evidence, and apply the rules file."""
        if self._decisions is not None:
            return
        self._found = self.gathering.all()
        zone = table.zone_asked(self._keeper.first)
        proposals = propose([one.shot for one in self._found], Hints(zone))
        self._lanes = table.lanes_of(proposals)
        self._times = {found.shot.name: found for found in find_times(proposals, zone or table.likely_zone(proposals))}
        rules = rules_of(self._keeper.first)
        times = table.times_of(rules, (one.shot.name for one in self._found))
        self._decisions = Decisions(State({lane.key: _first(lane, rules) for lane in self._lanes}, times))

    def _settled(self) -> Decisions:
        if self._decisions is None:
            if not (self.gathering.finished and self._keeper.ready):
                raise CorrectionError("the photos are still being read")
            self._settle()
        assert self._decisions is not None  # noqa: S101 # `_settle` made them
        return self._decisions

    def _results(self) -> dict[int, After]:
        state = self._decisions.now if self._decisions else State()
        return table.previews(self._found, self._draft(state, approved_only=False), self._keeper.base)

    def _draft(self, state: State, *, approved_only: bool) -> str:
        return table.draft(self._keeper.first, self._lanes, state, approved_only=approved_only)

    def _take(self, decisions: Decisions, state: State) -> dict[str, Any]:
        parse_rulebook(self._draft(state, approved_only=False))
        self._write(state)
        decisions.take(state)
        return self._changed()

    def _write(self, state: State) -> None:
        self._keeper.write(self._draft(state, approved_only=True), [one.shot for one in self._found])

    def _changed(self) -> dict[str, Any]:
        results = self._results()
        photos = table.photos_json(self._found, self._lanes, results)
        after = {one["id"]: [one["after"], one.get("refused", "")] for one in photos}
        return {"offset": table.offset_of_table(results), "after": after, **self._decided()}

    def _decided(self) -> dict[str, Any]:
        decisions = self._decisions
        state = decisions.now if decisions else State()
        return {
            "decisions": {lane.key: state.of(lane.key)._asdict() for lane in self._lanes},
            "times": {name: time for name, time in state.times.items() if time},
            "remove": self._hidden(state),
            "zone": table.zone_asked(self._draft(state, approved_only=True)),
            "rules": self._draft(state, approved_only=True),
            "commands": self._keeper.commands(),
            "can_undo": bool(decisions and decisions.can_undo),
            "can_redo": bool(decisions and decisions.can_redo),
        }

    def _hidden(self, state: State) -> list[str]:
        """Return what the public must not learn, according to the correction of all photos."""
        asked_of_all = parse_rulebook(self._draft(state, approved_only=True)).asked
        return asked_of_all.get(REMOVE, "").replace(",", " ").split()

    def _lane(self, camera: str) -> Lane:
        found = next((lane for lane in self._lanes if lane.key == camera), None)
        if found is None:
            raise NotFoundError(f"there is no camera {camera!r} on the table")
        return found

    def _file_of(self, number: int) -> Found:
        if not 0 <= number < len(self._found):
            raise NotFoundError(f"the table has no photo {number}")
        return self._found[number]

    def _clock(self, number: int) -> datetime:
        found = self._file_of(number).shot
        if found.clock is None:
            raise CorrectionError(f"{found.name} has no time")
        return found.clock

    def _trusted(self, wrong: int, other: int | str, results: Mapping[int, After]) -> datetime:
        """Return what the clock of a photo should have shown, according to another photo or a clock in the picture."""
        reference = Clock(*_typed(other)) if isinstance(other, str) else results[self._file_of(other).number].clock
        if reference.local is None:
            raise CorrectionError("the other photo has no time")
        shot = self._file_of(wrong).shot
        state = self._settled().now
        zone = state.of(self._lane_of(shot.name)).zone or (
            offset_text(shot.offset) if shot.offset is not None else table.zone_of(shot.name, self._lanes, state)
        )
        if reference.moment is None or not zone:
            return reference.local
        return reference.moment + offset_in(zone, reference.moment)

    def _lane_of(self, name: str) -> str:
        return next((lane.key for lane in self._lanes if any(shot.name == name for shot in lane.camera.shots)), "")


def _first(lane: Lane, rules: Sequence[Mapping[str, Any]]) -> Decision:
    """Return what the rules file already says about a camera, or else the proposal, if it is sure."""
    rule = next((rule for rule in rules if same_conditions(rule, lane.conditions)), None)
    if rule is not None:
        return Decision.of_rule(rule, approved=True)
    if lane.proposal.confidence in SURE:
        return Decision.of_rule(asked(lane.proposal), approved=False)
    tells_offset = all(shot.offset is not None for shot in lane.camera.timed)
    return Decision(zone="" if tells_offset else lane.proposal.zone)


def _typed(text: str) -> tuple[datetime, int | None]:
    """Return the time that somebody read from a clock, and its offset in minutes, if given."""
    found = read_time(text)
    if found is None:
        raise CorrectionError(f"the time is {text!r}; allowed are times such as 2024-06-15 10:30:45")
    offset = found.utcoffset()
    return found.replace(tzinfo=None), None if offset is None else round(offset / timedelta(minutes=1))


def _solved_json(solved: Solved) -> dict[str, Any]:
    return {
        "shift": solved.shift.total_seconds(),
        "tolerance": solved.tolerance.total_seconds(),
        "drift": solved.drift,
        "since": solved.since.isoformat(),
        "outliers": solved.outliers,
    }
