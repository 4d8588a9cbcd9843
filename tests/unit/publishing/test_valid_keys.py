"""Keys rotate: after a denial they are fetched again, and values from a secret expire."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from galleria_storage.errors import AccessDeniedError, ProviderError
from galleria_storage.publishing import wiring
from galleria_storage.publishing.outcome import Outcome
from galleria_storage.publishing.wiring import SECRET_SECONDS, PublishService
from galleria_storage.s3 import secret
from galleria_storage.s3.access import BucketAccess, ProviderAccess
from tests.support.fakes.settings import ENV

BARE = dict.fromkeys(("S3_PUBLIC_ACCESS_KEY", "S3_PUBLIC_SECRET_KEY"), "")
SECRET = {**ENV, **BARE, "S3_PUBLIC_SECRET_ARN": "arn:aws:secretsmanager:eu-north-1:123456789012:secret:public"}


class Vault:
    """A secret and a provider that takes one key alone."""

    def __init__(self) -> None:
        self.holds = self.valid = "first"
        self.is_there, self.time, self.made, self.asked = True, 0.0, list[str](), 0

    def resolve(self, access: BucketAccess) -> ProviderAccess:
        self.asked += 1
        if not self.is_there:
            raise ProviderError("Secrets Manager could not be reached")
        return replace(access.provider, secret_arn="", access_key=self.holds, secret_key=self.holds)

    def publisher(self, _settings: object, provider: ProviderAccess, _key: str, _pace: object) -> "Door":
        self.made.append(provider.access_key)
        return Door(self, provider.access_key)

    def rotate(self, key: str) -> None:
        self.holds = self.valid = key


class Door:
    """A publisher whose key may have become invalid."""

    def __init__(self, vault: Vault, key: str) -> None:
        self.vault, self.key = vault, key

    def publish(self, key: str, _tell: object = None, **_how: bool) -> Outcome:
        if self.key != self.vault.valid:
            raise AccessDeniedError(f"the provider does not know the key {self.key}")
        return Outcome(key=key, status="published")

    unpublish = publish


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Vault:
    made = Vault()
    monkeypatch.setattr(secret, "resolve", made.resolve)
    monkeypatch.setattr(wiring, "_publisher", made.publisher)
    return made


@pytest.fixture
def service(vault: Vault) -> PublishService:
    return PublishService(SECRET, lambda: vault.time)


@pytest.mark.parametrize("act", [PublishService.publish, PublishService.unpublish])
def test_a_denial_has_the_keys_fetched_again_and_the_photo_tried_once_more(
    service: PublishService, vault: Vault, act: Callable[[PublishService, str], Outcome]
) -> None:
    assert act(service, "a.jpg").status == "published"
    vault.rotate("second")
    assert act(service, "b.jpg").status == "published"
    assert vault.made == ["first", "second"]


def test_what_is_denied_with_new_keys_too_is_an_error_after_one_more_try(service: PublishService, vault: Vault) -> None:
    service.publish("a.jpg")
    vault.valid = "a key that nobody has"
    with pytest.raises(AccessDeniedError):
        service.publish("b.jpg")
    assert vault.made == ["first", "first"]


def test_a_denial_is_reported_as_such_while_no_keys_can_be_fetched(service: PublishService, vault: Vault) -> None:
    service.publish("a.jpg")
    vault.valid, vault.is_there = "second", False
    with pytest.raises(AccessDeniedError):
        service.publish("b.jpg")
    vault.is_there, vault.holds = True, "second"
    assert service.publish("b.jpg").status == "published"


def test_other_errors_do_not_cost_new_clients(service: PublishService, vault: Vault) -> None:
    service.publish("a.jpg")
    vault.made.clear()
    door = service.publisher()

    def breaks(_key: str, _tell: object = None, **_how: bool) -> Outcome:
        raise ProviderError("the connection broke")

    door.publish = breaks  # type: ignore[method-assign] # one bad moment
    with pytest.raises(ProviderError):
        service.publish("b.jpg")
    assert vault.made == []


def test_a_secret_that_changed_is_noticed_after_a_while_although_the_old_keys_still_work(
    service: PublishService, vault: Vault
) -> None:
    service.publish("a.jpg")
    vault.rotate("second")
    vault.valid = "first"  # for a few days both are
    vault.time += SECRET_SECONDS - 1
    service.publish("b.jpg")
    assert vault.made == ["first"]
    vault.valid = "second"
    vault.time += 1
    service.publish("c.jpg")
    assert vault.made == ["first", "second"]


def test_a_secret_that_stays_the_same_costs_no_new_clients(service: PublishService, vault: Vault) -> None:
    for _ in range(5):
        service.publish("a.jpg")
        vault.time += SECRET_SECONDS
    assert vault.made == ["first"]


def test_where_the_secret_cannot_be_reached_the_old_keys_must_do_and_are_not_asked_about_for_each_photo(
    service: PublishService, vault: Vault
) -> None:
    service.publish("a.jpg")
    vault.is_there, vault.asked = False, 0
    vault.time += SECRET_SECONDS
    assert [service.publish(f"{n}.jpg").status for n in range(10)] == ["published"] * 10
    assert vault.asked == 1
