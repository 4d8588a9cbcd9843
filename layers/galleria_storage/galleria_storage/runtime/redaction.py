"""Removing possible secrets from a text before it becomes part of a message."""

import re
from typing import Final

_LONGEST: Final = 300
_USER_INFO: Final = re.compile(r"//[^/\s]*@|//[^\s@]*@")
_SIGNED: Final = re.compile(
    r"(?i)\b(x-amz-(?:signature|security-token|credential)|signature|awsaccesskeyid|access_?key(?:_?id)?|secret(?:_?key)?"
    r"|password|token)(\s*[=:]\s*)[^\s&,;\"'<>]+"
)
#: IAM User Guide, "IAM identifiers": unique identifiers of access keys.
_ACCESS_KEY: Final = re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b")


def redacted(text: str) -> str:
    """Return a text from the provider or the SDK as one short line, without user names, signatures and keys."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    line = _USER_INFO.sub("//…@", line)
    line = _SIGNED.sub(r"\1\2…", line)
    line = _ACCESS_KEY.sub("…", line)
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
