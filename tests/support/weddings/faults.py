"""What may be wrong with a camera's clock."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Clock:
    """A clock and its error.

    Attributes
    ----------
    ahead
        How far it is ahead of UTC at `since`.
    drift
        Seconds by which it gains each day.
    since
        See `ahead`.
    fault
        In words.
    """

    ahead: timedelta
    fault: str
    drift: float = 0.0
    since: datetime = datetime(2024, 1, 1)

    def shows(self, moment: datetime) -> datetime:
        """Return what it shows at a moment in UTC, in whole seconds."""
        drifted = timedelta(seconds=self.drift * ((moment - self.since) / timedelta(days=1)))
        return (moment + self.ahead + drifted).replace(microsecond=0)


def drawn_clock(dice: random.Random, utc_hours: float, *, network: bool) -> Clock:
    """Draw a clock; the network sets that of a phone."""
    zone = timedelta(hours=utc_hours)
    if network:
        return Clock(zone + timedelta(seconds=dice.uniform(-0.5, 0.5)), "right")
    seconds, hour = timedelta(seconds=dice.uniform(-120, 120)), timedelta(hours=dice.choice([-1, 1]))
    since = datetime(dice.choice([2013, 2020, 1980]), 1, 1)
    lost = datetime(2024, 6, 1) - since + timedelta(days=dice.uniform(-40, 40))
    return dice.choice(
        [
            Clock(zone + timedelta(seconds=dice.uniform(-1, 1)), "right"),
            Clock(zone + seconds, "seconds"),
            Clock(zone + timedelta(seconds=dice.uniform(-3000, 3000)), "minutes"),
            Clock(zone + hour, "an hour"),
            Clock(zone + hour + seconds, "an hour and seconds"),
            Clock(timedelta(hours=dice.choice([-8, -5, 0, 1, 2, 8, 9, 5.5])), "another zone"),
            Clock(zone + 12 * hour, "half a day"),
            Clock(-lost, "reset"),
            Clock(zone, "drift", dice.choice([-1, 1]) * dice.uniform(1, 8), datetime(2024, 6, 1)),
        ]
    )
