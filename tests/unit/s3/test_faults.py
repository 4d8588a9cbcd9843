"""What boto3 raises becomes an error of this library that a photographer understands."""

import pytest
from botocore import exceptions
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from galleria_storage.errors import (
    AccessDeniedError,
    BucketNotFoundError,
    IntegrityError,
    NotFoundError,
    PreconditionFailedError,
    ProviderError,
    RefusedKeyError,
    ThrottledError,
    UnsupportedOperationError,
)
from galleria_storage.s3.faults import translate, translated


def answer(code: str, status: int, message: str = "the server's own words") -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}},
        "PutObject",
    )


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("NoSuchBucket", 404, BucketNotFoundError),
        ("NoSuchKey", 404, NotFoundError),
        ("404", 404, NotFoundError),
        ("KeyTooLongError", 400, RefusedKeyError),
        ("XMinioInvalidObjectName", 400, RefusedKeyError),
        ("NoSuchCORSConfiguration", 404, NotFoundError),
        ("AccessDenied", 403, AccessDeniedError),
        ("403", 403, AccessDeniedError),
        ("SignatureDoesNotMatch", 403, AccessDeniedError),
        ("SlowDown", 503, ThrottledError),
        ("429", 429, ThrottledError),
        ("PreconditionFailed", 412, PreconditionFailedError),
        ("412", 412, PreconditionFailedError),
        ("ConditionalRequestConflict", 409, PreconditionFailedError),
        ("NotImplemented", 501, UnsupportedOperationError),
        ("MethodNotAllowed", 405, UnsupportedOperationError),
        ("MissingContentLength", 411, UnsupportedOperationError),
        ("BadDigest", 400, IntegrityError),
        ("InternalError", 500, ProviderError),
        ("BucketAlreadyExists", 409, ProviderError),
    ],
)
def test_an_answer_becomes_the_kind_that_a_caller_can_act_on(code: str, status: int, kind: type[ProviderError]) -> None:
    error = translate(answer(code, status), bucket="photos", key="a.jpg")
    assert type(error) is kind
    assert (error.bucket, error.key) == ("photos", "a.jpg")
    assert error.permanent == (kind is RefusedKeyError)


def test_the_message_names_the_call_the_object_and_the_answer() -> None:
    error = translate(answer("NoSuchBucket", 404), bucket="photos", key="a b.jpg")
    assert str(error) == (
        "PutObject of 'a b.jpg' in bucket 'photos': the bucket does not exist (NoSuchBucket, HTTP 404)"
    )
    assert error.advice == "Create the bucket, or correct its name in the settings."


def test_words_of_the_server_are_kept_where_we_have_none() -> None:
    assert "the disk is full" in str(translate(answer("QuotaExceeded", 400, "the disk is full."), bucket="photos"))


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("QuotaExceeded", 403, ProviderError),
        ("CapExceeded", 403, ProviderError),
        ("UserSuspended", 403, ProviderError),
        ("SomethingNew", 403, AccessDeniedError),
        ("SomethingNew", 404, NotFoundError),
        ("SomethingNew", 503, ThrottledError),
        ("SomethingNew", 418, ProviderError),
    ],
)
def test_an_unknown_code_is_reported_in_the_servers_own_words(
    code: str, status: int, kind: type[ProviderError]
) -> None:
    error = translate(answer(code, status, "the moon is full."), bucket="photos")
    assert type(error) is kind
    assert str(error) == f"PutObject of bucket 'photos': the moon is full ({code}, HTTP {status})"
    assert "credentials" not in str(error.advice)


def test_a_refusal_without_any_words_is_reported_in_ours() -> None:
    assert "the credentials do not allow it" in str(translate(answer("SomethingNew", 403, ""), bucket="photos"))


@pytest.mark.parametrize(
    "words",
    [
        "see https://KEY:se/cret@host/photos",
        "see https://host/a?X-Amz-Signature=secret&x=1",
        "see https://host/a?X-Amz-Security-Token=secret",
        "AWSAccessKeyId=secret, Signature: secret",
        "key AKIASECRETSECRET1234 is unknown",
        "secret_key=secret",
    ],
)
def test_what_could_be_a_secret_in_the_servers_words_is_left_out(words: str) -> None:
    error = translate(answer("SomethingNew", 400, words), bucket="photos")
    assert "cret" not in str(error).lower().replace("secret_key=", "")
    assert "…" in str(error)


def test_the_servers_words_are_one_short_line() -> None:
    error = translate(answer("SomethingNew", 400, "one\n\x1b[31mtwo" + "x" * 9000), bucket="photos")
    assert "one [31mtwo" in str(error)
    assert len(str(error)) < 500


def test_an_answer_that_is_not_a_document_is_an_error_of_the_provider() -> None:
    with pytest.raises(ProviderError, match="not one of an S3 server"), translated(bucket="photos"):
        raise ResponseParserError("Unable to parse response")


def test_nothing_secret_of_an_answer_is_repeated() -> None:
    refused = answer("SignatureDoesNotMatch", 403, "key AKIA123 signed wrongly")
    refused.response["Error"]["StringToSign"] = "AWS4-HMAC-SHA256 hunter2"
    error = translate(refused, bucket="photos")
    assert "AKIA123" not in repr(error)
    assert "hunter2" not in repr(vars(error))


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (exceptions.NoCredentialsError(), AccessDeniedError, "no credentials were found"),
        (
            exceptions.EndpointConnectionError(
                endpoint_url="https://key:secret@s3.example:9000/photos/a.jpg?X-Amz-Signature=b"
            ),
            ProviderError,
            "bucket 'photos': s3.example:9000 could not be reached",
        ),
        (exceptions.ReadTimeoutError(endpoint_url="https://x"), ProviderError, "did not answer in time"),
        (exceptions.FlexibleChecksumError(error_msg="crc32 differs"), IntegrityError, "crc32 differs"),
    ],
)
def test_an_error_on_our_side_of_the_wire_is_named_too(
    error: exceptions.BotoCoreError, kind: type[ProviderError], words: str
) -> None:
    found = translate(error, bucket="photos")
    assert type(found) is kind
    assert words in str(found)


def test_the_answer_to_a_head_has_no_code_but_its_status() -> None:
    assert "(HTTP 403)" in str(translate(answer("403", 403), bucket="photos"))


def test_a_block_translates_what_boto3_raises_and_keeps_the_cause() -> None:
    cause = answer("AccessDenied", 403)
    with pytest.raises(AccessDeniedError) as error, translated(bucket="photos"):
        raise cause
    assert error.value.__cause__ is cause


def test_a_block_leaves_every_other_error_alone() -> None:
    with pytest.raises(KeyError), translated(bucket="photos"):
        raise KeyError
