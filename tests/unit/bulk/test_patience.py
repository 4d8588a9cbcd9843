"""Nothing fails because of a network that is away for a while; other errors fail at once."""

import pytest
from botocore.exceptions import EndpointConnectionError

from galleria_storage.bulk.patience import Patience
from galleria_storage.errors import AccessDeniedError, GalleriaError, ProviderError
from galleria_storage.s3.faults import translated


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Network:
    """Away until a moment; then each call is answered."""

    def __init__(self, clock: Clock, until: float) -> None:
        self.clock, self.until = clock, until

    def __call__(self) -> str:
        if self.clock.now < self.until:
            with translated(bucket="b", key="k"):
                raise EndpointConnectionError(endpoint_url="https://example.com")
        return "done"


def patience(clock: Clock, told: list[tuple[float, bool]], seconds: float = 900) -> Patience:
    def notify(lasted: float, error: GalleriaError | None) -> None:
        told.append((lasted, error is None))

    return Patience(notify, seconds, sleep=clock.sleep, clock=clock)


def test_an_outage_of_a_minute_is_waited_for_and_reported() -> None:
    clock, told = Clock(), []
    assert patience(clock, told).call(Network(clock, 60)) == "done"
    assert told[0] == (0.0, False)
    assert told[-1][0] >= 60
    assert told[-1][1]


def test_an_outage_that_does_not_end_is_an_error() -> None:
    clock = Clock()
    with pytest.raises(ProviderError, match="could not be reached"):
        patience(clock, [], 100).call(Network(clock, 1e9))
    assert 100 <= clock.now < 130


def test_what_time_does_not_heal_is_not_tried_again() -> None:
    clock, told, calls = Clock(), [], []

    def denied() -> None:
        calls.append(1)
        raise AccessDeniedError("no")

    with pytest.raises(AccessDeniedError):
        patience(clock, told).call(denied)
    assert (len(calls), told) == (1, [])
