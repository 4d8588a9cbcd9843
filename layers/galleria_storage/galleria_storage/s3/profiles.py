"""What differs between S3-compatible providers, as typed facts with their sources.

The protocols ask a profile for a fact, never for a provider's name. A fact is as strong as its source: *measured* means
that the conformance suite (`make conformance`) or an earlier version of it saw that server do it; everything else names
the page or thread that says so. Without a source, the cautious value is used.
"""

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import urlsplit

from galleria_storage.errors import SettingsError
from galleria_storage.s3.conditions import Absent, Condition, Matches, Write
from galleria_storage.s3.endpoints import is_aws

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Support = Literal["honoured", "ignored", "refused"]
"""A precondition is obeyed; or answered with 200 and no effect (the dangerous case); or answered with 4xx or 501."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderProfile:
    """Facts about one kind of provider.

    Attributes
    ----------
    name
        One of `settings.PROFILE_NAMES`, or ``unknown`` or ``probed``.
    put_if_none_match
        PutObject with ``If-None-Match: *``.
    put_if_match
        PutObject with ``If-Match: <etag>``.
    complete_if_none_match, complete_if_match
        The same two on CompleteMultipartUpload.
    delete_if_match
        DeleteObject with ``If-Match``.
    etag_in_if_match
        Whether the ETag in ``If-Match`` is written in quotes.
    copy_source_if_match
        ``x-amz-copy-source-if-match`` of UploadPartCopy.
    part_copy
        UploadPartCopy with a range copies the right bytes and answers with an ETag.
    equal_parts
        All parts but the last must have one size.
    object_tags
        GetObjectTagging is answered; None: unknown until it is tried.
    cors_api
        The provider has Get- and PutBucketCors.
    cors_order
        Which rule answers a request: ``aws``, the first that matches origin,
        method and headers; ``ceph``, the first whose origin matches.
    cors_enforced
        Whether a preflight and a GET are answered by the bucket's rules at all.
    expose_header_wildcard
        Whether ``ExposeHeaders: ["*"]`` is accepted.
    request_checksums
        boto3's `request_checksum_calculation`. ``when_supported`` sends
        trailing checksums in aws-chunked bodies.
    content_md5
        Operations whose request must carry Content-MD5.
    content_md5_checked
        A wrong Content-MD5 of PutObject or UploadPart is refused.
    sha256_checked
        A wrong ``x-amz-checksum-sha256`` of PutObject is refused, and a right
        one is kept and given back.
    crc32_checked
        A wrong ``x-amz-checksum-crc32`` of UploadPart is refused, and a right
        one is kept and given back, also by UploadPartCopy.
    signed_sha256_checked
        A body whose SHA-256 is not the signed one is refused.
    versioned_conditions
        Conditions of PutObject mean the same in a versioned bucket.
    folds_slashes
        Stores ``a//b`` as ``a/b``.
    versioning
        GetObject answers with a version id when the bucket is versioned.
    """

    name: str
    put_if_none_match: Support = "ignored"
    put_if_match: Support = "ignored"
    complete_if_none_match: Support = "ignored"
    complete_if_match: Support = "ignored"
    delete_if_match: Support = "ignored"
    etag_in_if_match: Literal["quoted", "unquoted"] = "quoted"
    copy_source_if_match: Support = "ignored"
    part_copy: bool = False
    equal_parts: bool = False
    object_tags: bool | None = True
    cors_api: bool = True
    cors_order: Literal["aws", "ceph"] = "aws"
    cors_enforced: bool = True
    expose_header_wildcard: bool = False
    request_checksums: Literal["when_supported", "when_required"] = "when_required"
    content_md5: frozenset[str] = frozenset()
    content_md5_checked: bool = False
    sha256_checked: bool = False
    crc32_checked: bool = False
    signed_sha256_checked: bool = False
    versioned_conditions: bool = True
    versioning: bool = True
    folds_slashes: bool = False

    @property
    def preconditions(self) -> bool:
        """Whether a conditional PutObject can be relied upon, for a new key and for a known one."""
        return self.put_if_none_match == self.put_if_match == "honoured"

    @property
    def complete_preconditions(self) -> bool:
        """Whether a conditional CompleteMultipartUpload can be relied upon."""
        return self.complete_if_none_match == self.complete_if_match == "honoured"

    def support(self, write: Write, condition: Absent | Matches) -> Support:
        """Return how the provider treats a write under such a condition."""
        absent = isinstance(condition, Absent)
        match write:
            case "put":
                return self.put_if_none_match if absent else self.put_if_match
            case "complete":
                return self.complete_if_none_match if absent else self.complete_if_match
            case "delete":
                return "refused" if absent else self.delete_if_match

    def header(self, write: Write, condition: Condition) -> dict[str, str]:
        """Return a condition as an argument of boto3; empty without one, or if such a write is refused."""
        if condition is None or self.support(write, condition) == "refused":
            return {}
        return {"IfMatch": self.if_match(condition.etag)} if isinstance(condition, Matches) else {"IfNoneMatch": "*"}

    def if_match(self, etag: str) -> str:
        """Write an ETag (without quotes) as this provider wants it in If-Match."""
        return etag if self.etag_in_if_match == "unquoted" else f'"{etag}"'


#: What botocore would otherwise send with a CRC32 alone.
_MD5_WANTED: Final = frozenset({"DeleteObjects", "PutBucketCors"})

#: Amazon S3.
#: Conditional writes and deletes: S3 User Guide, "Add preconditions to S3 operations with conditional requests".
#: Copy conditions: S3 API, UploadPartCopy. Checksums: S3 User Guide, "Checking object integrity" (for CRC-32 of parts:
#: on composite checksums of multipart uploads), and S3 API, UploadPart and CopyPartResult.
#: CORS: S3 User Guide, "Using CORS": "the first CORSRule that matches"; ExposeHeaders takes no wildcard.
AWS: Final = ProviderProfile(
    name="aws",
    put_if_none_match="honoured",
    put_if_match="honoured",
    complete_if_none_match="honoured",
    complete_if_match="honoured",
    delete_if_match="honoured",
    copy_source_if_match="honoured",
    part_copy=True,
    request_checksums="when_supported",
    sha256_checked=True,
    crc32_checked=True,
    content_md5_checked=True,
    signed_sha256_checked=True,
)

#: Ceph RADOS Gateway, as run by Hetzner and DigitalOcean. Measured on 16.2 (Pacific):
#: trailing checksums answered with 411; a quoted ETag in If-Match always 412, an unquoted one works (and works on
#: later releases, which strip quotes: ceph `rgw_string_unquote`); Complete and copy conditions ignored;
#: SHA-256 neither kept nor checked unless it is the signed one; in a versioned bucket `If-None-Match` is ignored and
#: `If-Match` always 412; the first CORS rule whose origin matches answers, whatever its methods.
CEPH: Final = ProviderProfile(
    name="ceph",
    put_if_none_match="honoured",
    put_if_match="honoured",
    etag_in_if_match="unquoted",
    part_copy=True,
    cors_order="ceph",
    expose_header_wildcard=True,
    content_md5=_MD5_WANTED,
    content_md5_checked=True,
    signed_sha256_checked=True,
    versioned_conditions=False,
)

#: MinIO and what is built from its code (JuiceFS gateway). Measured on JuiceFS 1.4: preconditions answered with 200
#: and ignored, no CORS API (501), DeleteObjects wants Content-MD5, copy conditions obeyed.
#: MinIO's own releases since 2024 obey PutObject conditions; a probe finds out, the profile does not assume it.
MINIO: Final = ProviderProfile(
    name="minio",
    folds_slashes=True,  # measured on JuiceFS, which runs MinIO's code
    copy_source_if_match="honoured",
    part_copy=True,
    cors_api=False,
    cors_enforced=False,
    content_md5=_MD5_WANTED,
    content_md5_checked=True,
    signed_sha256_checked=True,
)

#: SeaweedFS. Measured on 4.48: every precondition obeyed, SHA-256, CRC-32 and MD5 checked; an aws-chunked body leaves
#: `Content-Encoding: aws-chunked` on the object, so trailing checksums are not sent.
#: CORS (`make cors-servers`): the first rule of the origin answers a preflight, the first that fits the request
#: itself, so that Ceph's order is the cautious one; a rule without AllowedHeaders allows all; an absent MaxAgeSeconds
#: is given back as 0; wildcards are taken only after an origin's scheme and at a header's end.
SEAWEEDFS: Final = ProviderProfile(
    name="seaweedfs",
    folds_slashes=True,
    put_if_none_match="honoured",
    put_if_match="honoured",
    complete_if_none_match="honoured",
    complete_if_match="honoured",
    delete_if_match="honoured",
    copy_source_if_match="honoured",
    part_copy=True,
    expose_header_wildcard=True,
    cors_order="ceph",
    sha256_checked=True,
    crc32_checked=True,
    content_md5_checked=True,
)

#: Cloudflare R2. Its documents: "S3 API compatibility" (no object tagging; region `auto`, of which us-east-1 is an
#: alias), "Extensions" (conditional PutObject, answered with 412), "Upload objects" (parts of equal size).
#: Trailing checksums were refused: github.com/cloudflare/cloudflare-docs/pull/19236 and
#: github.com/amd/gaia/pull/3029. Nothing is said of conditions on Complete.
R2: Final = ProviderProfile(
    name="r2",
    put_if_none_match="honoured",
    put_if_match="honoured",
    equal_parts=True,
    object_tags=False,
    content_md5=_MD5_WANTED,
    versioning=False,
)

#: Backblaze B2. Conditional PutObject is answered with 501 NotImplemented:
#: github.com/sathinduga/obsidian-s3-sync-and-backup/issues/78. No object tagging: Backblaze, "S3-Compatible API".
B2: Final = ProviderProfile(
    name="b2",
    put_if_none_match="refused",
    put_if_match="refused",
    complete_if_none_match="refused",
    complete_if_match="refused",
    object_tags=False,
    content_md5=_MD5_WANTED,
)

#: An unknown provider: only what was tried out is relied upon (`s3.discovery`). CORS rules that work in Ceph's order
#: also work in AWS's (`cors.evaluate`).
GENERIC: Final = ProviderProfile(name="generic", object_tags=None, cors_order="ceph", content_md5=_MD5_WANTED)

#: The same for an endpoint that the settings do not describe: `s3.discovery` may find out more.
UNKNOWN: Final = replace(GENERIC, name="unknown")

#: gofakes3, the library behind `rclone serve s3`. Measured on rclone 1.75: PutObjectTagging is taken for PutObject, and
#: GetObjectTagging answered with 500, so that there are no tags. Recognised, never named in settings.
GOFAKES3: Final = replace(GENERIC, name="gofakes3", object_tags=False)

PROFILES: Final = {p.name: p for p in (AWS, CEPH, MINIO, SEAWEEDFS, R2, B2, GENERIC)}

#: Host name of an endpoint -> profile. From the providers' own pages on endpoints.
_HOSTS: Final = (
    (r".+\.your-objectstorage\.com", CEPH),  # Hetzner
    (r".+\.digitaloceanspaces\.com", CEPH),
    (r".+\.r2\.cloudflarestorage\.com", R2),
    (r".+\.backblazeb2\.com", B2),
)


def named(name: str) -> ProviderProfile | None:
    """Return the profile that a setting names; None if it names none.

    Raises
    ------
    SettingsError
        There is no such profile.
    """
    if name and name not in PROFILES:
        raise SettingsError(f"the profile is {name!r}; allowed are {', '.join(PROFILES)}", tag="S3_PUBLIC_PROFILE")
    return PROFILES.get(name)


def profile_of_host(host: str) -> ProviderProfile:
    """Return the profile of a well-known endpoint's host; `UNKNOWN` for all others, to be probed."""
    if is_aws(host):
        return AWS
    return next((profile for pattern, profile in _HOSTS if re.fullmatch(pattern, host.lower())), UNKNOWN)


def profile_of_client(client: "S3Client") -> ProviderProfile:
    """Return the profile of the endpoint that a client has, wherever it comes from."""
    return profile_of_host(urlsplit(client.meta.endpoint_url).hostname or "")
