"""Invented weddings: people photograph the same moments with clocks whose errors are known.

A wedding has scenes (ceremony, dinner, dance …), a scene has moments at which many press the button, and everybody also
photographs alone. What cameras record is worked out from the true moments and from what is wrong with their clocks.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from galleria_storage.clocks.shots import Place, Shot
from tests.support.weddings.faults import Clock, drawn_clock

BITS: Final = 128
Role = Literal["professional", "guest", "phone", "stranger"]


@dataclass(frozen=True)
class Parameters:
    """What a wedding is like.

    Attributes
    ----------
    zone
        IANA name of its place, `utc_hours` from UTC on that day.
    begin
        Wall-clock time of the first scene.
    days
        On how many days people photograph.
    scenes
        On each of them.
    moments_an_hour
        At which many photograph at once.
    attention
        How likely a camera that is there photographs such a moment.
    reaction
        Seconds by which people are late, or early.
    alone_an_hour
        Photos that a camera takes alone.
    same_view
        How likely a photo of a moment looks like that of another camera.
    recurring
        How likely another photo looks like one that anybody takes at any time: the house, the dance floor, a wall.
    professionals, guests, phones, strangers
        Cameras: strangers photographed elsewhere, at the same time.
    with_gps
        How likely a phone writes GPS time and place.
    with_offset
        How likely a phone writes offset tags.
    stale
        How likely a GPS time is old.
    """

    zone: str = "Europe/Stockholm"
    utc_hours: float = 2
    begin: datetime = datetime(2024, 6, 15, 9, 30)
    days: int = 1
    scenes: int = 8
    moments_an_hour: float = 14
    attention: float = 0.5
    reaction: float = 6
    alone_an_hour: float = 25
    same_view: float = 0.15
    recurring: float = 0.1
    professionals: int = 2
    guests: int = 2
    phones: int = 2
    strangers: int = 1
    with_gps: float = 0.7
    with_offset: float = 0.9
    stale: float = 0.03


@dataclass(frozen=True)
class Truth:
    """What is true of a camera: its clock, its role, and the moment of each shot by name."""

    name: str
    role: Role
    clock: Clock
    moments: dict[str, datetime] = field(repr=False, default_factory=dict)


@dataclass(frozen=True)
class Wedding:
    """Shots, and the truth about them by camera."""

    parameters: Parameters
    shots: list[Shot]
    truths: dict[str, Truth]


@dataclass(frozen=True)
class Scene:
    begin: datetime
    end: datetime
    moments: tuple[tuple[datetime, int], ...]
    pace: float


def drawn_parameters(dice: random.Random) -> Parameters:
    """Draw a new wedding."""
    zone, hours, month = dice.choice(
        [("Europe/Stockholm", 2, 6), ("Europe/Berlin", 1, 2), ("America/New_York", -4, 7), ("Asia/Kolkata", 5.5, 11),
         ("Australia/Sydney", 11, 1), ("Europe/London", 1, 8), ("America/Denver", -6, 9), ("Asia/Kathmandu", 5.75, 4)]
    )  # fmt: skip
    return Parameters(
        zone=zone,
        utc_hours=hours,
        begin=datetime(2024, month, dice.randint(1, 28), dice.randint(8, 15), dice.randint(0, 59)),
        days=dice.choice([1, 1, 1, 2, 3]),
        scenes=dice.randint(3, 9),
        moments_an_hour=dice.uniform(3, 25),
        attention=dice.uniform(0.15, 0.8),
        reaction=dice.uniform(1.5, 20),
        alone_an_hour=dice.uniform(5, 60),
        same_view=dice.choice([0.0, 0.02, 0.1, 0.3]),
        recurring=dice.choice([0.0, 0.1, 0.3]),
        professionals=dice.randint(1, 3),
        guests=dice.randint(0, 4),
        phones=dice.randint(0, 4),
        strangers=dice.randint(0, 2),
        with_gps=dice.uniform(0, 1),
        with_offset=dice.uniform(0.4, 1),
        stale=dice.choice([0.0, 0.02, 0.1]),
    )


def wedding(seed: int, parameters: Parameters | None = None) -> Wedding:
    """Return the wedding of a seed."""
    dice = random.Random(seed)
    parameters = parameters or drawn_parameters(dice)
    scenes = [scene for day in range(parameters.days) for scene in _scenes(dice, parameters, day)]
    elsewhere = [scene for day in range(parameters.days) for scene in _scenes(dice, parameters, day)]
    shots: list[Shot] = []
    truths = {}
    for number, role in enumerate(_roles(parameters)):
        name = f"{_MAKES[role][number % len(_MAKES[role])]} {number}"
        clock = drawn_clock(dice, parameters.utc_hours, network=role == "phone")
        found = list(_photographed(dice, parameters, elsewhere if role == "stranger" else scenes, role))
        camera = Truth(name, role, clock)
        taken = _recorded(dice, parameters, camera, sorted(found))
        if taken:
            truths[name] = camera
            shots += taken
    return Wedding(parameters, shots, truths)


_MAKES: Final[dict[Role, Sequence[str]]] = {
    "professional": ("Canon EOS R5", "NIKON Z 9", "SONY ILCE-1"),
    "guest": ("Panasonic DC-TZ95", "OLYMPUS TG-6", "FUJIFILM X100V"),
    "phone": ("Apple iPhone 15", "Google Pixel 8", "samsung SM-S918B"),
    "stranger": ("PENTAX K-3", "RICOH GR III"),
}


_WALLS: Final = [random.Random(wall).getrandbits(BITS) for wall in range(12)]


def _roles(parameters: Parameters) -> Iterator[Role]:
    yield from ["professional"] * parameters.professionals
    yield from ["guest"] * parameters.guests
    yield from ["phone"] * parameters.phones
    yield from ["stranger"] * parameters.strangers


def _scenes(dice: random.Random, parameters: Parameters, day: int) -> Iterator[Scene]:
    at = parameters.begin + timedelta(days=day, minutes=dice.uniform(-60, 60)) - timedelta(hours=parameters.utc_hours)
    for _ in range(parameters.scenes):
        end = at + timedelta(minutes=dice.uniform(10, 100))
        moments, when = [], at
        pace = dice.uniform(0.3, 2.5)
        while (when := when + timedelta(hours=dice.expovariate(parameters.moments_an_hour * pace))) < end:
            moments.append((when, dice.getrandbits(BITS)))
        yield Scene(at, end, tuple(moments), pace)
        at = end + timedelta(minutes=dice.uniform(0, 60))


def _photographed(
    dice: random.Random, parameters: Parameters, scenes: Sequence[Scene], role: Role
) -> Iterator[tuple[datetime, int]]:
    """Yield moment and picture of each photo of one camera, which is not at every scene."""
    zeal = {"professional": 1.0, "guest": 0.4, "phone": 0.3, "stranger": 0.6}[role] * dice.uniform(0.5, 1.3)
    present = {"professional": 0.95, "guest": 0.6, "phone": 0.6, "stranger": 0.9}[role]
    alone = replace(parameters, same_view=0)
    habit = dice.gauss(0, parameters.reaction / 3)
    for scene in scenes:
        if dice.random() > present:
            continue
        for when, view in scene.moments:
            if dice.random() < parameters.attention * zeal:
                late = timedelta(seconds=dice.gauss(habit, parameters.reaction))
                yield from _burst(dice, when + late, view, parameters)
        when = scene.begin
        an_hour = parameters.alone_an_hour * zeal * scene.pace
        while (when := when + timedelta(hours=dice.expovariate(an_hour))) < scene.end:
            yield from _burst(dice, when, dice.getrandbits(BITS), alone)


def _burst(dice: random.Random, when: datetime, view: int, parameters: Parameters) -> Iterator[tuple[datetime, int]]:
    own = dice.choice(_WALLS) if dice.random() < parameters.recurring else dice.getrandbits(BITS)
    for _ in range(dice.choice([1, 1, 1, 2, 3, 5, 9])):
        picture = view if dice.random() < parameters.same_view else own
        yield when, _blurred(dice, picture)
        when += timedelta(seconds=dice.expovariate(0.7))


def _blurred(dice: random.Random, picture: int) -> int:
    for _ in range(dice.randint(0, 14)):
        picture ^= 1 << dice.randrange(BITS)
    return picture


def _recorded(
    dice: random.Random, parameters: Parameters, camera: Truth, photographed: Sequence[tuple[datetime, int]]
) -> list[Shot]:
    """Return what a camera writes into its photos, and add the true moments to what is true of it."""
    phone = camera.role == "phone"
    gps, offset = phone and dice.random() < parameters.with_gps, phone and dice.random() < parameters.with_offset
    place = Place(10.0 + dice.random(), 20.0 + dice.random())
    found: list[Shot] = []
    fix = None
    for number, (moment, picture) in enumerate(photographed):
        if fix is None or dice.random() >= parameters.stale:
            fix = moment - timedelta(seconds=dice.uniform(0, 2))
        name = f"{camera.name.replace(' ', '-')}/IMG_{number:04d}.JPG"
        camera.moments[name] = moment
        found.append(
            Shot(
                name,
                "photo",
                "image/jpeg",
                camera.name,
                clock=camera.clock.shows(moment),
                offset=round(60 * parameters.utc_hours) if offset else None,
                gps=fix.replace(microsecond=0) if gps else None,
                place=place if gps else None,
                zone=parameters.zone if gps else "",
                picture=picture,
            )
        )
    return found
