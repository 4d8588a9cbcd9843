"""What is known of one bucket: the facts of its provider's profile, and what its answers have taught since."""

import threading
from dataclasses import replace

from galleria_storage.s3.conditions import Absent, Condition, Write
from galleria_storage.s3.profiles import ProviderProfile


class Learnt:
    """The one owner of what is learnt of a bucket; threads may share it.

    Parameters
    ----------
    profile
        What is known before the first request.

    Attributes
    ----------
    profile
        What is known by now.
    digest_required
        Every upload must carry a digest: the bucket locks what it holds by
        default (S3 User Guide, "Object Lock considerations").
    has_tags
        GetObjectTagging can be asked.
    """

    def __init__(self, profile: ProviderProfile) -> None:
        self.profile = profile
        self.digest_required = False
        self.has_tags = profile.object_tags is not False
        self._lock = threading.Lock()

    def headers(self, write: Write, condition: Condition) -> dict[str, str]:
        """Write a condition as boto3 names it; nothing where there is none, or the provider refuses it."""
        if condition is None or self.profile.support(write, condition) == "refused":
            return {}
        if isinstance(condition, Absent):
            return {"IfNoneMatch": "*"}
        return {"IfMatch": self.profile.if_match(condition.etag)}

    def relies_on(self, write: Write, condition: Condition) -> bool:
        """Whether the provider is known to obey such a condition, so that its answer means what it says."""
        return condition is not None and self.profile.support(write, condition) == "honoured"

    def takes_bare_etags(self) -> None:
        """Note that the ETag of a condition that holds was refused with quotes and taken without."""
        with self._lock:
            self.profile = replace(self.profile, etag_in_if_match="unquoted")

    def refuses(self, write: Write, condition: Condition) -> None:
        """Note that such a condition was refused again and again, and that the same write went through without it."""
        with self._lock:
            if condition is not None:
                self.profile = self.profile.refusing(write, condition)

    def keeps_versions(self) -> None:
        """Note that the bucket keeps versions: where the provider's conditions fail then, rely on none any more."""
        with self._lock:
            if not self.profile.versioned_conditions:
                self.profile = self.profile.without_put_conditions()

    def requires_digests(self) -> None:
        """Note that an upload without a digest was refused for that reason."""
        self.digest_required = True

    def has_no_tags(self) -> None:
        """Note that GetObjectTagging is refused again and again."""
        self.has_tags = False
