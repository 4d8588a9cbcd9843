"""Sign a body with its SHA-256 if that is known already.

botocore either computes the digest of a body once more to sign it, or leaves
the body unsigned (`payload_signing_enabled`). A signature that covers the digest costs
nothing when the digest is known, and Amazon S3, Ceph and MinIO refuse a body
that has another one (400 XAmzContentSHA256Mismatch): the provider then checks
what it received without an MD5, which costs more than twice a SHA-256.

botocore also keeps the headers to sign in an e-mail message, which looks
through all of them for each. Here they are a dictionary, which saves a quarter
of the time; what is signed is the same.

Source: Amazon S3 API Reference, "Authenticating Requests (AWS Signature
Version 4)", on x-amz-content-sha256; the survey in `docs/providers.md`.
"""

import hmac
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_SIGNER: Final = "s3v4-known-digest"


class DigestedBody(bytearray):
    """Bytes to upload, with their SHA-256 once it is known.

    Whoever changes the bytes must also update or clear `sha256`.
    """

    sha256: bytes = b""


def sign_known_digests(client: "S3Client") -> None:
    """Let a client sign each `DigestedBody` that it uploads with its own digest."""
    from botocore import auth  # noqa: PLC0415 # lazy: importing botocore is slow

    if _SIGNER not in auth.AUTH_TYPE_MAPS:

        class KnownDigestAuth(auth.S3SigV4Auth):
            def payload(self, request: Any) -> str:
                body = request.data
                known = isinstance(body, DigestedBody) and body.sha256
                return known.hex() if known else super().payload(request)

            def headers_to_sign(self, request: Any) -> Any:
                found: dict[str, list[str]] = {}
                for name, value in request.headers.items():
                    if (lower := name.lower()) not in auth.SIGNED_HEADERS_BLACKLIST:
                        found.setdefault(lower, []).append(" ".join(value.split()))
                if "host" not in found:
                    found["host"] = [auth._host_from_url(request.url)]  # type: ignore[attr-defined] # noqa: SLF001 # as its own method has it
                return found

            def canonical_headers(self, headers_to_sign: Any) -> str:
                return "\n".join(f"{name}:{','.join(values)}" for name, values in sorted(headers_to_sign.items()))

            def _sign(self, key: bytes, msg: str, hex: bool = False) -> Any:  # noqa: A002 # its signature
                found = hmac.digest(key, msg.encode(), "sha256")
                return found.hex() if hex else found

        auth.AUTH_TYPE_MAPS[_SIGNER] = KnownDigestAuth
    # First: the event ends with the first answer.
    client.meta.events.register_first("choose-signer.s3", _choose_signer)  # type: ignore[arg-type] # this event wants an answer


def _choose_signer(signature_version: str, **_: Any) -> str | None:
    return _SIGNER if signature_version in {"v4", "s3v4"} else None
