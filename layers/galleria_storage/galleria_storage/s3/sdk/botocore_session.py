"""Sessions of botocore, and what they say about the environment."""

import os
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

    from botocore.loaders import Loader
    from botocore.session import Session

#: How botocore calls the places where AWS itself hands out credentials (`botocore.credentials`, METHOD).
_FROM_AWS: Final = frozenset(
    {
        "assume-role",
        "assume-role-with-web-identity",
        "container-role",
        "ec2-credentials-file",
        "iam-role",
        "login",
        "sso",
    }
)


class FoundCredentials(NamedTuple):
    """What is known about the environment's credentials without revealing them.

    Attributes
    ----------
    temporary
        There is a session token, which is sent with every request.
    from_aws
        AWS issued them to a role, or to a person who signed in.
    """

    temporary: bool
    from_aws: bool


def plain_session() -> "Session":
    """Return a session for boto3."""
    import botocore.session  # noqa: PLC0415 # lazy: it costs most of a cold start

    return botocore.session.Session()


def lean_session() -> "Session":
    """Return a session whose clients and requests take less time.

    The model of the S3 API is read from disk once for all clients, and dates
    in headers are read without dateutil. Without boto3's own parts a cold
    start is 40 ms shorter.
    """
    session = plain_session()
    session.register_component("data_loader", _loader())
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=read_timestamp)
    return session


def region_of(session: "Session") -> str:
    """Return the region that the environment or the AWS configuration file names, or an empty text."""
    return os.environ.get("AWS_REGION") or str(session.get_config_variable("region") or "")


def credentials_of(session: "Session") -> FoundCredentials | None:
    """Return what is known about the environment's credentials; None without any. May ask a service of AWS.

    Raises
    ------
    BotoCoreError
        They could not be fetched.
    """
    credentials = session.get_credentials()
    if credentials is None:
        return None
    in_lambda = credentials.method == "env" and "AWS_LAMBDA_FUNCTION_NAME" in os.environ
    return FoundCredentials(
        temporary=bool(credentials.get_frozen_credentials().token),
        from_aws=in_lambda or credentials.method in _FROM_AWS,
    )


def read_timestamp(value: Any) -> "datetime":
    """Read a date as HTTP writes it (RFC 9110, section 5.6.7) at once; leave all others to botocore.

    Raises
    ------
    ResponseParserError
        It is not a date.
    """
    if isinstance(value, str) and value.endswith(" GMT"):
        from email.utils import parsedate_to_datetime  # noqa: PLC0415 # comes with boto3, but not with this module

        try:
            return parsedate_to_datetime(value)
        except ValueError:
            pass  # botocore may still understand it
    from botocore.parsers import ResponseParserError  # noqa: PLC0415 # lazy, as above
    from botocore.utils import parse_timestamp  # noqa: PLC0415 # the same

    try:
        return parse_timestamp(value)
    except (ValueError, OverflowError) as error:
        raise ResponseParserError(f"{str(value)[:40]!r} is not a date") from error


@cache
def _loader() -> "Loader":
    """Read the S3 API's model from disk once, which saves the second client 30 ms."""
    import botocore.loaders  # noqa: PLC0415 # lazy, as above

    return botocore.loaders.create_loader(os.environ.get("AWS_DATA_PATH"))
