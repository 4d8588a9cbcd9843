"""What the address of an S3 API says: its region, and how buckets are addressed there.

Pure: no request, no SDK. `profiles` says what a provider can do.
"""

import re
from typing import Final, Literal, NamedTuple
from urllib.parse import urlsplit

from galleria_storage.errors import SettingsError

Addressing = Literal["", "path", "virtual"]
DEFAULT_REGION: Final = "us-east-1"


class Endpoint(NamedTuple):
    """A valid address.

    Attributes
    ----------
    url
        With a scheme and without a slash at the end.
    host
        In lower case, without a port.
    """

    url: str
    host: str


class AwsHost(NamedTuple):
    """What Amazon's own host names say.

    Attributes
    ----------
    region
        Empty if the name has none (``s3.amazonaws.com``).
    dualstack, fips
        Which of the kinds of endpoint it is, as botocore names them.
    """

    region: str
    dualstack: bool
    fips: bool


class HostFacts(NamedTuple):
    """What a well-known provider's host name says.

    Attributes
    ----------
    region
        To sign for; empty where the host says nothing.
    addressing
        ``virtual`` where the provider takes nothing else; empty where both work.
    """

    region: str = ""
    addressing: Addressing = ""


#: How a host may end, and the pattern that all of it must match. Not compiled, since most are never needed.
_Patterns = tuple[tuple[str | tuple[str, ...], str], ...]
_AWS_REGION: Final = r"[a-z]{2,4}(?:-[a-z]+)+-\d+"
#: S3's general endpoints, which botocore builds better itself (AWS General Reference, "Amazon S3 endpoints and
#: quotas"; S3 User Guide, "Using dual-stack endpoints" and "Making requests over FIPS"), in all partitions.
_AWS_HOST: Final = (
    rf"s3(?P<fips>-fips)?(?:[.-](?P<dual>dualstack))?(?:[.-](?P<region>{_AWS_REGION}))?"
    r"\.amazonaws\.(?:com|com\.cn|eu)"
)
#: Hosts of AWS beside these are used as they are: interface endpoints, access points, transfer acceleration.
_AWS_DOMAINS: Final = (
    *("amazonaws.com", "amazonaws.com.cn", "amazonaws.eu", "c2s.ic.gov", "sc2s.sgov.gov"),
    *("cloud.adc-e.uk", "csp.hci.ic.gov"),
)
_AWS_REGION_WITHIN: Final = rf"(?:^|\.)s3[a-z-]*\.(?P<region>{_AWS_REGION})\."
#: From the providers' own pages on endpoints and regions: the group `region` is what to sign for. The end of each
#: host is beside its pattern, so that only those of one provider are ever compiled.
_REGION_IN_HOST: Final[_Patterns] = (
    (".backblazeb2.com", r"s3\.(?P<region>[a-z0-9-]+)\.backblazeb2\.com"),
    (".wasabisys.com", r"s3\.(?P<region>[a-z0-9-]+)\.wasabisys\.com"),
    (".scw.cloud", r"s3\.(?P<region>[a-z0-9-]+)\.scw\.cloud"),
    ((".ovh.net", ".ovh.us"), r"s3\.(?P<region>[a-z0-9-]+)\.(?:io\.|perf\.)?cloud\.ovh\.(?:net|us)"),
    (".your-objectstorage.com", r"(?P<region>[a-z0-9-]+)\.your-objectstorage\.com"),
    (".linodeobjects.com", r"(?P<region>[a-z0-9-]+)\.linodeobjects\.com"),
    (".vultrobjects.com", r"(?P<region>[a-z0-9-]+)\.vultrobjects\.com"),
    (".exo.io", r"sos-(?P<region>[a-z0-9-]+)\.exo\.io"),
    (".ionoscloud.com", r"s3[.-](?P<region>[a-z0-9-]+)\.ionoscloud\.com"),
    (".appdomain.cloud",
     r"s3\.(?:private\.|direct\.)?(?P<region>[a-z0-9-]+)\.cloud-object-storage\.appdomain\.cloud"),
    (".aliyuncs.com", r"(?:s3\.)?oss-(?P<region>[a-z0-9-]+?)(?:-internal)?\.aliyuncs\.com"),
    (".myqcloud.com", r"cos(?:-internal)?\.(?P<region>[a-z0-9-]+)\.myqcloud\.com"),
    ((".myhuaweicloud.com", ".otc.t-systems.com"),
     r"(?:s3\.)?obs\.(?P<region>[a-z0-9-]+)\.(?:myhuaweicloud|otc\.t-systems)\.com"),
)  # fmt: skip
#: Hosts, and domains with all that is in them, by the region to sign for. Cloudflare R2, "S3 API compatibility": region
#: `auto`. Google, "Interoperability with other storage providers", and Tigris, "AWS S3 SDKs": the same. DigitalOcean,
#: "Use Spaces with AWS S3 SDKs": us-east-1, whatever the host says.
_FIXED_REGION: Final = (
    ("r2.cloudflarestorage.com", "auto"),
    (".r2.cloudflarestorage.com", "auto"),
    ("storage.googleapis.com", "auto"),
    ("fly.storage.tigris.dev", "auto"),
    ("t3.storage.dev", "auto"),
    (".digitaloceanspaces.com", DEFAULT_REGION),
    ("s3.wasabisys.com", DEFAULT_REGION),
)
#: Alibaba Cloud, "Accessing OSS with the AWS SDK": path-style access is refused. Tencent, "COS: AWS S3 SDK": the same
#: for buckets made since 2024. Volcano Engine, "Compatible with the S3 protocol": the same.
_VIRTUAL_ONLY: Final[_Patterns] = (
    ("aliyuncs.com", r"(?:.+\.)?aliyuncs\.com"),
    ("myqcloud.com", r"(?:.+\.)?myqcloud\.com"),
    ("volces.com", r"(?:.+\.)?tos-s3-[a-z0-9-]+\.i?volces\.com"),
)


def parse_endpoint(endpoint: str, setting: str = "S3_PUBLIC_ENDPOINT") -> Endpoint:
    """Check an address, and complete it: the default scheme is https, but http for a loopback address.

    Parameters
    ----------
    endpoint
        URL, with or without a scheme.
    setting
        Where it comes from: the error's `tag`.

    Raises
    ------
    SettingsError
        It is not an address, or contains more: a user name, a password, a query. Possible secrets are not repeated.
    """
    text = endpoint.strip()
    if "@" in text:
        raise SettingsError(
            f"{setting} holds a user name or password; give the keys in their own settings", tag=setting
        )
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        host = (parts.hostname or "").lower()
        acceptable = bool(host) and parts.scheme in {"", "http", "https"} and not (parts.query or parts.fragment)
        acceptable = acceptable and (parts.port is None or parts.port > 0) and not re.search(r"[\s\\]", text)
    except ValueError:  # a port that is not a number, a broken IPv6 address
        acceptable = False
    if not acceptable:
        shown = re.split(r"[?#]", text)[0]
        more = " followed by a query" if shown != text else ""
        raise SettingsError(
            f"{setting} is {shown!r}{more}, which is not an address such as https://fsn1.your-objectstorage.com",
            tag=setting,
        )
    scheme = parts.scheme or ("http" if is_loopback(host) else "https")
    return Endpoint(f"{scheme}://{parts.netloc}{parts.path.rstrip('/')}", host)


def aws_host(host: str) -> AwsHost | None:
    """Return what a general endpoint of Amazon S3 says; None for any other host."""
    found = re.fullmatch(_AWS_HOST, host)
    if not found:
        return None
    return AwsHost(found["region"] or "", dualstack=bool(found["dual"]), fips=bool(found["fips"]))


def is_aws(host: str) -> bool:
    """Whether a host belongs to AWS, in any partition."""
    return host.endswith(tuple(f".{domain}" for domain in _AWS_DOMAINS))


def facts_of(host: str) -> HostFacts:
    """Return what the host of a well-known provider says."""
    addressing: Addressing = "virtual" if _match(host, _VIRTUAL_ONLY) else ""
    found = re.search(_AWS_REGION_WITHIN, host) if is_aws(host) else _match(host, _REGION_IN_HOST)
    fixed = next((region for name, region in _FIXED_REGION if _is_at(host, name)), "")
    return HostFacts(fixed or (found["region"] if found else ""), addressing)


def _match(host: str, patterns: _Patterns) -> re.Match[str] | None:
    fits = (re.fullmatch(pattern, host) for ending, pattern in patterns if host.endswith(ending))
    return next(filter(None, fits), None)


def _is_at(host: str, name: str) -> bool:
    """Whether a host has this name; one that begins with a dot is a domain that the host must be in."""
    return host.endswith(name) and host != name if name.startswith(".") else host == name


def is_name_of_aws_region(region: str) -> bool:
    """Whether a region has a name that AWS would give, which means nothing to most other providers."""
    return bool(re.fullmatch(_AWS_REGION, region))


def region_elsewhere(region: str, host: str, *, is_set: bool) -> str:
    """Return the region to sign for at a host that names none.

    Parameters
    ----------
    region
        The environment's. Lambda always sets one of AWS's, which means nothing to another provider.
    is_set
        Whether a setting names the host, and not the AWS environment or configuration file.
    """
    if is_set and is_name_of_aws_region(region) and not is_local(host) and not is_aws(host):
        return DEFAULT_REGION
    return region or DEFAULT_REGION


def is_local(host: str) -> bool:
    """Whether a host is on this machine or its private network, as emulators are."""
    from ipaddress import ip_address  # noqa: PLC0415 # lazy: a bucket at AWS needs none of it

    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost"
    return address.is_private or address.is_loopback or address.is_link_local


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    from ipaddress import ip_address  # noqa: PLC0415 # lazy, as above

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
