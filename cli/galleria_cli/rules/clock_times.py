"""Times in `galleria.toml`, as a camera's clock showed them: without a zone, in quotes or not."""

from datetime import date, datetime, time


def clock_time(value: object, of_day: time = time.min) -> datetime | None:
    """Read a time on the camera's clock; None if it is not one. A day alone means the time `of_day` on that day."""
    try:
        if isinstance(value, datetime):
            found = value
        elif isinstance(value, date) or (isinstance(value, str) and len(value.strip()) == len("2024-06-15")):
            day = value if isinstance(value, date) else date.fromisoformat(str(value).strip())
            found = datetime.combine(day, of_day)
        else:
            found = datetime.fromisoformat(str(value).strip())
    except ValueError:
        return None
    return None if found.tzinfo else found
