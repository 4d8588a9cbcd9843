"""AWS Secrets Manager: secrets are fetched once, expire, and can be dropped early."""

import os
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from galleria_storage.errors import AccessDeniedError, NotFoundError, ProviderError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

#: After this many seconds a rotated secret is noticed even if the old one still works.
MAX_AGE_SECONDS: Final = 300.0


class _Cached(NamedTuple):
    text: str
    since: float


class SecretCache:
    """Caches secrets by ARN for a while. Threads may share it.

    Parameters
    ----------
    fetch
        Gets the text of a secret from Secrets Manager.
    max_age
        Seconds for which a text is used.
    clock
        Seconds that never go back.
    """

    def __init__(
        self,
        fetch: Callable[[str], str],
        max_age: float = MAX_AGE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch = fetch
        self._max_age = max_age
        self._clock = clock
        self._lock = threading.Lock()
        self._cached: dict[str, _Cached] = {}

    def text(self, arn: str) -> str:
        """Return the text of a secret, fetched at most `max_age` seconds ago; errors as `fetch`."""
        with self._lock:
            if not self._is_fresh(arn):
                self._cached[arn] = _Cached(self._fetch(arn), self._clock())
            return self._cached[arn].text

    def forget(self, arn: str) -> None:
        """Drop a secret that no longer works; the next call fetches it again."""
        with self._lock:
            self._cached.pop(arn, None)

    def _is_fresh(self, arn: str) -> bool:
        found = self._cached.get(arn)
        return found is not None and self._clock() - found.since < self._max_age


def fetch(arn: str) -> str:
    """Return the text of a secret, from the cache of this process or from Secrets Manager.

    Raises
    ------
    ProviderError
        Secrets Manager refused or failed.
    """
    return _cache.text(arn)


def forget(arn: str) -> None:
    """Drop a secret that no longer works."""
    _cache.forget(arn)


def _fetch(arn: str) -> str:
    import boto3  # noqa: PLC0415 # lazy: most stacks have no secret
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 # the same

    parts = arn.split(":")
    named = parts[3] if arn.startswith("arn:") and len(parts) > 3 else ""  # noqa: PLR2004 # arn:partition:service:region
    region = named or os.environ.get("AWS_REGION")  # boto3 reads only AWS_DEFAULT_REGION
    try:
        client: SecretsManagerClient = boto3.session.Session().client("secretsmanager", region_name=region or None)
        return client.get_secret_value(SecretId=arn).get("SecretString", "")
    except (BotoCoreError, ClientError) as error:
        code = getattr(error, "response", {}).get("Error", {}).get("Code", type(error).__name__)
        kinds = {"ResourceNotFoundException": NotFoundError, "AccessDeniedException": AccessDeniedError}
        raise kinds.get(code, ProviderError)(
            f"the secret {arn} could not be read ({code})",
            tag="S3_PUBLIC_SECRET_ARN",
            advice="The function's role needs secretsmanager:GetSecretValue on it.",
        ) from error
    except ValueError as error:  # botocore's words repeat the address, which may hold a password
        raise ProviderError("the endpoint that the AWS configuration names is not an address") from error


#: This process's secrets; Lambda keeps a process for hours.
_cache: Final = SecretCache(_fetch)
