"""Only the content of an answer counts: a bare 200 proves nothing, and nothing is learnt from one odd answer."""

import hashlib
import io
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from galleria_storage.errors import (
    AccessDeniedError,
    BucketNotFoundError,
    IntegrityError,
    NotFoundError,
    PreconditionFailedError,
    ProviderError,
    UnsupportedOperationError,
)
from galleria_storage.s3.answers import ObjectInfo
from galleria_storage.s3.objects import ABSENT, Matches, ObjectStore, Stored
from galleria_storage.s3.profiles import AWS, CEPH, GENERIC, PROFILES, UNKNOWN
from tests.support.fakes.scripted import Scripted, refusal

INFO = ObjectInfo("a.jpg", 5, "abc", {})
HEADED = {"ETag": '"abc"', "ContentLength": 5, "Metadata": {}}
MD5 = b64encode(hashlib.md5(b"photo", usedforsecurity=False).digest()).decode()
NOT_IMPLEMENTED = refusal("NotImplemented", 501)


@pytest.mark.parametrize(
    "answer", [{}, {"ContentLength": 5}, {"ETag": '"abc"'}, {"ETag": "", "ContentLength": 5}, {"ContentLength": -1}]
)
@pytest.mark.parametrize("ask", [ObjectStore.head, ObjectStore.open])
def test_an_answer_without_etag_or_length_is_not_about_an_object(
    answer: dict[str, Any], ask: Callable[[ObjectStore, str], Any]
) -> None:
    with pytest.raises(ProviderError, match="proves nothing"):
        ask(Scripted(answer).store(AWS), "a.jpg")


@pytest.mark.parametrize(
    "write",
    [
        lambda store: store.start_multipart("a.jpg", {}),
        lambda store: store.upload_part("a.jpg", "id", 1, b"photo", {}),
        lambda store: store.copy_part("a.jpg", "id", 1, ("staging", INFO), range(5)),
    ],
)
@pytest.mark.parametrize("answer", [{}, {"CopyPartResult": {}}])
def test_a_step_of_an_upload_without_what_the_next_one_needs_has_failed(
    write: Callable[[ObjectStore], Any], answer: dict[str, Any]
) -> None:
    with pytest.raises(ProviderError, match="proves nothing"):
        write(Scripted(answer).store(AWS))


def test_an_upload_without_an_etag_in_its_answer_is_reported_as_such() -> None:
    store = Scripted({}).store(AWS)
    assert store.put("a.jpg", b"photo", {}, ABSENT) == Stored("")
    assert store.complete("a.jpg", "id", [Stored("abc")], ABSENT) == Stored("")


def test_metadata_that_the_provider_withholds_is_counted() -> None:
    found = Scripted({**HEADED, "MissingMeta": 2}).store(AWS).head("a.jpg")
    assert found is not None
    assert found.missing_metadata == 2


@pytest.mark.parametrize("code", ["404", "NoSuchKey"])
def test_an_object_that_is_not_there_is_no_error(code: str) -> None:
    assert Scripted(refusal(code, 404)).store(AWS).head("a.jpg") is None


@pytest.mark.parametrize(
    ("code", "status", "kind"), [("NoSuchBucket", 404, BucketNotFoundError), ("403", 403, AccessDeniedError)]
)
def test_a_look_that_says_nothing_of_the_object_is_an_error(code: str, status: int, kind: type[ProviderError]) -> None:
    with pytest.raises(kind):
        Scripted(refusal(code, status)).store(AWS).head("a.jpg")


# --- tags


def test_an_answer_without_a_set_of_tags_does_not_say_that_there_are_none() -> None:
    with pytest.raises(ProviderError, match="proves nothing"):
        Scripted({}).store(AWS).tags("a.jpg")
    assert Scripted({"TagSet": []}).store(AWS).tags("a.jpg") == {}


@pytest.mark.parametrize("code", ["NoSuchTagSet", "NoSuchTagSetError"])
def test_some_servers_say_with_a_404_that_there_are_no_tags(code: str) -> None:
    assert Scripted(refusal(code, 404)).store(AWS).tags("a.jpg") == {}


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [("AccessDenied", 403, AccessDeniedError), ("NoSuchKey", 404, NotFoundError), ("500", 500, ProviderError)],
)
@pytest.mark.parametrize("profile", [AWS, UNKNOWN])
def test_tags_that_cannot_be_read_are_an_error(code: str, status: int, kind: type[ProviderError], profile: Any) -> None:
    with pytest.raises(kind):
        Scripted(refusal(code, status)).store(profile).tags("a.jpg")


def test_a_provider_that_has_tags_is_not_believed_to_have_none() -> None:
    with pytest.raises(UnsupportedOperationError):
        Scripted(NOT_IMPLEMENTED).store(CEPH).tags("a.jpg")


@pytest.mark.parametrize("profile", [UNKNOWN, GENERIC])
def test_an_unknown_provider_without_tags_is_asked_twice_and_never_again(profile: Any) -> None:
    client = Scripted(NOT_IMPLEMENTED)
    store = client.store(profile)
    assert [store.tags("a.jpg"), store.tags("b.jpg")] == [{}, {}]
    assert len(client.asked) == 2


def test_one_odd_answer_about_tags_teaches_nothing() -> None:
    tags = {"TagSet": [{"Key": "target-timezone", "Value": "UTC"}]}
    assert Scripted(NOT_IMPLEMENTED, tags).store(UNKNOWN).tags("a.jpg") == {"target-timezone": "UTC"}


# --- conditions

WRITES = [
    (lambda store, condition: store.put("a.jpg", b"photo", {}, condition), "put"),
    (lambda store, condition: store.complete("a.jpg", "id", [Stored("abc")], condition), "complete"),
]


@pytest.mark.parametrize(("write", "name"), WRITES, ids=["put", "complete"])
@pytest.mark.parametrize(("condition", "fact"), [(ABSENT, "if_none_match"), (Matches("abc"), "if_match")])
def test_a_condition_that_is_refused_again_and_again_is_left_out_from_then_on(
    write: Callable[..., Stored], name: str, condition: Any, fact: str
) -> None:
    client = Scripted(NOT_IMPLEMENTED, NOT_IMPLEMENTED, {"ETag": '"abc"'})
    store = client.store(AWS)
    for _ in range(2):
        assert write(store, condition).etag == "abc"
    assert [any(key.startswith("If") for key in asked) for asked in client.asked] == [True, True, False, False]
    assert store.profile == replace(AWS, **{f"{name}_{fact}": "refused"})


@pytest.mark.parametrize(("write", "name"), WRITES, ids=["put", "complete"])
def test_one_odd_answer_to_a_condition_teaches_nothing(write: Callable[..., Stored], name: str) -> None:
    del name
    store = Scripted(NOT_IMPLEMENTED, {"ETag": '"abc"'}).store(AWS)
    write(store, ABSENT)
    assert store.profile is AWS


def test_a_file_is_sent_from_its_beginning_each_time() -> None:
    client, sent = Scripted(NOT_IMPLEMENTED, NOT_IMPLEMENTED, {"ETag": '"abc"'}), list[bytes]()

    class Reading(Scripted):
        def put_object(self, **arguments: Any) -> Any:
            sent.append(arguments["Body"].read())
            return client.put_object(**arguments)

    Reading({}).store(AWS).put("a.jpg", io.BytesIO(b"photo"), {}, ABSENT)
    assert sent == [b"photo"] * 3


def test_a_conditional_delete_is_learnt_apart_from_the_others() -> None:
    store = Scripted(NOT_IMPLEMENTED, NOT_IMPLEMENTED, {}).store(AWS)
    store.delete("a.jpg", Matches("abc"))
    assert store.profile == replace(AWS, delete_if_match="refused")


def test_a_condition_on_an_object_that_is_gone_is_not_met() -> None:
    with pytest.raises(PreconditionFailedError):
        Scripted(refusal("NoSuchKey", 404)).store(AWS).put("a.jpg", b"photo", {}, Matches("abc"))


def test_a_versioned_bucket_of_a_provider_whose_conditions_fail_there_is_sent_none() -> None:
    client = Scripted({**HEADED, "VersionId": "v1"})
    store = client.store(CEPH)
    store.head("a.jpg")
    assert not store.profile.preconditions
    store.put("a.jpg", b"photo", {}, Matches("abc"))
    assert client.asked[-1] == {"Body": b"photo"}
    assert PROFILES["ceph"].preconditions


# --- Object Lock


LOCKED = [
    refusal("InvalidRequest", 400, "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests"),
    refusal("MissingContentMD5", 400, "Missing required header for this request: Content-Md5."),
]


@pytest.mark.parametrize("locked", LOCKED, ids=["aws", "minio"])
@pytest.mark.parametrize(
    "write",
    [
        lambda store: store.put("a.jpg", bytearray(b"photo"), {}, ABSENT),
        lambda store: store.upload_part("a.jpg", "id", 1, memoryview(b"photo"), {}),
    ],
    ids=["put", "part"],
)
def test_a_bucket_that_locks_what_it_holds_gets_digests_from_then_on(
    locked: Any, write: Callable[[ObjectStore], Stored]
) -> None:
    client = Scripted(locked, {"ETag": '"abc"'})
    store = client.store(CEPH)
    assert [write(store).etag, write(store).etag] == ["abc", "abc"]
    assert [asked.get("ContentMD5") for asked in client.asked] == [None, MD5, MD5]


@pytest.mark.parametrize("digest", ["ContentMD5", "ChecksumSHA256", "ChecksumCRC32"])
def test_a_digest_that_is_there_already_is_enough(digest: str) -> None:
    client = Scripted(LOCKED[0])
    with pytest.raises(ProviderError):
        client.store(AWS).put("a.jpg", b"photo", {digest: "x"}, None)
    assert len(client.asked) == 1


def test_a_wrong_digest_is_not_taken_for_a_missing_one() -> None:
    client = Scripted(refusal("BadDigest", 400, "The Content-MD5 you specified did not match what we received."))
    with pytest.raises(IntegrityError):
        client.store(CEPH).put("a.jpg", b"photo", {}, None)
    assert len(client.asked) == 1


# --- a provider that misreads If-Match

NOT_MET = refusal("PreconditionFailed", 412)


def test_an_unknown_provider_that_refuses_the_right_etag_in_quotes_gets_it_bare() -> None:
    client = Scripted(NOT_MET, HEADED, {"ETag": '"def"'})
    store = client.store(UNKNOWN)
    for _ in range(2):
        assert store.put("a.jpg", b"photo", {}, Matches("abc")).etag == "def"
    assert [asked.get("IfMatch") for asked in client.asked] == ['"abc"', None, "abc", "abc"]
    assert store.profile == replace(UNKNOWN, etag_in_if_match="unquoted")


def test_an_unknown_provider_that_refuses_the_right_etag_in_every_form_gets_none() -> None:
    client = Scripted(NOT_MET, HEADED, NOT_MET, HEADED, {"ETag": '"def"'})
    store = client.store(UNKNOWN)
    for _ in range(2):
        store.put("a.jpg", b"photo", {}, Matches("abc"))
    assert [asked.get("IfMatch") for asked in client.asked] == ['"abc"', None, "abc", None, None, None]
    assert store.profile == replace(UNKNOWN, put_if_match="refused")


@pytest.mark.parametrize("now", [{**HEADED, "ETag": '"other"'}, refusal("404", 404)])
def test_a_condition_that_does_not_hold_is_not_misread(now: Any) -> None:
    store = Scripted(NOT_MET, now).store(UNKNOWN)
    with pytest.raises(PreconditionFailedError):
        store.put("a.jpg", b"photo", {}, Matches("abc"))
    assert store.profile is UNKNOWN


def test_a_provider_that_is_known_to_obey_is_believed_without_a_look() -> None:
    client = Scripted(NOT_MET)
    with pytest.raises(PreconditionFailedError):
        client.store(AWS).put("a.jpg", b"photo", {}, Matches("abc"))
    assert len(client.asked) == 1


def test_a_deletion_that_is_answered_by_a_gateway_is_looked_after() -> None:
    page = {"ResponseMetadata": {"HTTPStatusCode": 200}}
    with pytest.raises(ProviderError, match="HTTP 200, and the object is still there"):
        Scripted(page, HEADED).store(AWS).delete("a.jpg", Matches("abc"))
    Scripted(page, refusal("404", 404)).store(AWS).delete("a.jpg", Matches("abc"))
    client = Scripted({"ResponseMetadata": {"HTTPStatusCode": 204}})
    client.store(AWS).delete("a.jpg", Matches("abc"))
    assert len(client.asked) == 1
