"""A secret is fetched once, ages, and can be dropped before it does."""

from dataclasses import dataclass, field

import pytest

from galleria_storage.aws.secrets import SecretCache
from galleria_storage.errors import ProviderError


@dataclass
class Manager:
    """Stands for Secrets Manager, and for the clock."""

    text: str = "first"
    now: float = 0.0
    asked: list[str] = field(default_factory=list)

    def fetch(self, arn: str) -> str:
        self.asked.append(arn)
        if not self.text:
            raise ProviderError("Secrets Manager is away")
        return self.text

    def cache(self) -> SecretCache:
        return SecretCache(self.fetch, max_age=60, clock=lambda: self.now)


def test_a_secret_is_fetched_once() -> None:
    manager = Manager()
    cache = manager.cache()
    assert [cache.text("a"), cache.text("a"), cache.text("b")] == ["first"] * 3
    assert manager.asked == ["a", "b"]


def test_a_secret_that_has_aged_is_fetched_again() -> None:
    manager = Manager()
    cache = manager.cache()
    cache.text("a")
    manager.text, manager.now = "second", 59.9
    assert cache.text("a") == "first"
    manager.now = 60.0
    assert [cache.text("a"), cache.text("a")] == ["second"] * 2
    assert manager.asked == ["a", "a"]


def test_a_secret_that_no_longer_works_can_be_dropped() -> None:
    manager = Manager()
    cache = manager.cache()
    cache.text("a")
    manager.text = "second"
    cache.forget("a")
    cache.forget("never fetched")
    assert cache.text("a") == "second"


def test_a_failure_is_not_kept() -> None:
    manager = Manager("")
    cache = manager.cache()
    with pytest.raises(ProviderError):
        cache.text("a")
    manager.text = "first"
    assert cache.text("a") == "first"
