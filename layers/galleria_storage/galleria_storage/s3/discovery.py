"""Finding out what an unknown provider is, and what it can do.

`identify` only looks: several servers name themselves in the answer to a HEAD
of the bucket. `settle` also tries out which preconditions are obeyed (`trial`).
If the settings name a profile, neither happens.
"""

import threading
import uuid
from typing import TYPE_CHECKING, Any, Final

from galleria_storage.s3 import profiles
from galleria_storage.s3.clients import Connection
from galleria_storage.s3.faults import sdk_errors, translate
from galleria_storage.s3.profiles import ProviderProfile

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

#: The library of `rclone serve s3` (github.com/rclone/gofakes3) always allows this header of its own.
_GOFAKES3_HEADER: Final = "x-amz-meta-private"
#: Profiles that a trial may still improve.
_OPEN: Final = (profiles.UNKNOWN, profiles.MINIO, profiles.GOFAKES3)


class Discoveries:
    """What was found out about each endpoint and bucket; threads may share it.

    Parameters
    ----------
    name
        Names this process's trials, so that each finds what the previous one may have left.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._found: dict[tuple[str, str], ProviderProfile] = {}
        self._lock = threading.Lock()

    def settle(self, connection: Connection) -> Connection:
        """See `settle`."""
        if connection.profile is not profiles.UNKNOWN:
            return connection
        place = (connection.client.meta.endpoint_url, connection.bucket)
        with self._lock:
            if place not in self._found:
                self._found[place] = self._find_out(connection)
            return connection._replace(profile=self._found[place])

    def _find_out(self, connection: Connection) -> ProviderProfile:
        found = _by_its_answer(connection.client, connection.bucket)
        if found not in _OPEN:
            return found
        from galleria_storage.s3.trial import Trial  # noqa: PLC0415 # most profiles are known
        from galleria_storage.s3.trial_key import PREFIX, TrialKey  # noqa: PLC0415 # the same

        return Trial(TrialKey(connection.client, connection.bucket, PREFIX + self._name), found).run()


def identify(connection: Connection) -> Connection:
    """Return the connection with the profile of the server, if its answer names it: one request, no write.

    A connection whose profile is known is returned as it is.
    """
    if connection.profile is not profiles.UNKNOWN:
        return connection
    return connection._replace(profile=_by_its_answer(connection.client, connection.bucket))


def settle(connection: Connection) -> Connection:
    """Return the connection with a profile of the provider's observed behaviour.

    A connection whose profile is known is returned as it is. What was found
    is kept for the life of the process, for each endpoint and bucket.

    Raises
    ------
    ProviderError
        The provider could not be reached, or the bucket is missing or not accessible.
    """
    return _process.settle(connection)


def _by_its_answer(client: "S3Client", bucket: str) -> ProviderProfile:
    """Recognise a server by its headers (measured; ``Server: AmazonS3`` proves nothing, rclone says it too)."""
    try:
        answer: Any = client.head_bucket(Bucket=bucket)
    except sdk_errors() as error:
        answer = getattr(error, "response", None)  # a refusal names the server, too
        if answer is None:
            raise translate(error, bucket=bucket) from error
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    server = headers.get("server", "")
    if server.startswith("Ceph") or any(name.startswith("x-rgw-") for name in headers):
        return profiles.CEPH
    if server.startswith("SeaweedFS"):
        return profiles.SEAWEEDFS
    if server.startswith("MinIO"):
        return profiles.MINIO
    if _GOFAKES3_HEADER in headers.get("access-control-allow-headers", ""):
        return profiles.GOFAKES3
    return profiles.UNKNOWN


#: What this process has found out.
_process: Final = Discoveries(uuid.uuid4().hex)
