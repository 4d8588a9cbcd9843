"""Shots without files: what a camera's photos say, in few words."""

from datetime import datetime, timedelta

from galleria_storage.clocks.cameras import Camera
from galleria_storage.clocks.shots import Shot

#: Saturday noon in UTC, in Central European summer.
NOON = datetime(2024, 6, 15, 12)


def shots_at(
    *seconds: float,
    camera: str = "Canon EOS R5",
    ahead: timedelta = timedelta(hours=2),
    offset: int | None = None,
    gps: bool = False,
    zone: str = "",
    folder: str = "",
) -> list[Shot]:
    """Return photos taken so many seconds after `NOON`, by a clock that is so far ahead of UTC."""
    found = []
    for number, second in enumerate(seconds):
        moment = NOON + timedelta(seconds=second)
        name = f"{folder}{'/' if folder else ''}IMG_{number:04d}.JPG"
        found.append(
            Shot(name, "photo", "image/jpeg", camera, clock=moment + ahead, offset=offset, zone=zone,
                 gps=moment.replace(microsecond=0) if gps else None)
        )  # fmt: skip
    return found


def camera_of(shots: list[Shot]) -> Camera:
    return Camera(shots[0].camera, "", (), tuple(shots))
