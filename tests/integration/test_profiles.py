"""Each claim of a provider profile is tested by doing it on the server that the profile describes."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from galleria_storage.s3.profiles import GENERIC, PROFILES
from tests.support.servers import S3Server
from tests.support.servers.bucket_names import bucket_name
from tests.support.servers.facts import FACTS, Site

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

#: What a profile may claim although the server here does otherwise, and why.
EXPLAINED = {
    ("juicefs", "versioning"): "MinIO has versions; the gateway of JuiceFS, which runs MinIO's code, refuses them",
}
#: Features, not promises: where one is claimed but missing, the call is answered with an error that says so.
OFFERS = {"object_tags", "cors_api", "cors_enforced", "versioning"}


@pytest.fixture(scope="module")
def site(s3: "S3Client") -> Site:
    """Two separate buckets: facts about CORS and versions change a bucket for good."""
    names = [bucket_name("facts") for _ in range(2)]
    for name in names:
        s3.create_bucket(Bucket=name)
    return Site(s3, *names)


@pytest.mark.parametrize("fact", FACTS, ids=lambda f: f.__name__)
def test_a_profile_says_what_its_server_does(server: S3Server, site: Site, fact: Callable[[Site], Any]) -> None:
    name = fact.__name__
    if reason := EXPLAINED.get((server.name, name)):
        pytest.skip(f"{server.name}: {reason}")
    claim = getattr(PROFILES.get(server.profile, GENERIC), name)
    observed = fact(site)
    if name == "cors_order":
        assert claim in {observed, "ceph"}, "what is right in Ceph's order of rules is right in that of AWS too"
    elif name == "content_md5":
        assert observed <= claim, "an operation that is refused without Content-MD5 must be listed"
    elif server.profile in {"", "generic"}:
        promised = claim in {"honoured", True} and name not in OFFERS
        assert not promised or claim == observed, "nothing is promised of an unknown server"
    else:
        assert claim == observed
