"""CORS rules: one typed value, its normal form, and the default rules of Galleria's storage service.

Rules *found* on a server are accepted as they are, since other tools may have written them.
Rules that a person *expects* are checked first: see `expected`.

Source: S3 API reference, CORSRule; user guide, "Elements of a CORS configuration".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

#: Field of the API's document -> attribute, for the four fields that are lists.
LIST_FIELDS: Final = {
    "AllowedOrigins": "origins",
    "AllowedMethods": "methods",
    "AllowedHeaders": "headers",
    "ExposeHeaders": "expose_headers",
}


@dataclass(frozen=True, slots=True)
class CorsRule:
    """One CORSRule element.

    Attributes
    ----------
    origins
        Origins as a browser sends them (``https://gallery.example``), each
        with at most one ``*``, which matches any characters.
    methods
        HTTP methods in capitals; to HTTP, ``get`` is a different method (RFC 9110, 9.1).
    headers
        Request headers that a preflight may ask for, each with at most one ``*``.
    expose_headers
        Response headers that the page's script may read.
    max_age_seconds
        How long a browser may cache the preflight's answer, in seconds; None if not set.
    rule_id
        Name of the rule; the server ignores it.
    """

    origins: tuple[str, ...]
    methods: tuple[str, ...]
    headers: tuple[str, ...] = ()
    expose_headers: tuple[str, ...] = ()
    max_age_seconds: int | None = None
    rule_id: str = ""

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "CorsRule":
        """Read a rule as returned by GetBucketCors (field names as in boto3)."""
        return cls(
            **{name: tuple(document.get(field) or ()) for field, name in LIST_FIELDS.items()},
            max_age_seconds=document.get("MaxAgeSeconds"),
            rule_id=document.get("ID") or "",
        )

    def to_document(self) -> dict[str, Any]:
        """Return the rule as PutBucketCors takes it, without empty fields."""
        document: dict[str, Any] = {"ID": self.rule_id} if self.rule_id else {}
        document |= {field: list(values) for field, name in LIST_FIELDS.items() if (values := getattr(self, name))}
        if self.max_age_seconds is not None:
            document["MaxAgeSeconds"] = self.max_age_seconds
        return document

    def normalized(self) -> "CorsRule":
        """Return the normal form: two rules with the same five fields have the same one.

        The order of values and their repetition do not count, nor does the
        letter case of a header's name. The case of an origin or a method counts:
        servers compare both exactly. The ID does not count. A max age of 0 means
        the same as none (SeaweedFS returns 0 if nothing was set): either way the
        browser asks again.
        """
        return CorsRule(
            origins=_ordered(self.origins),
            methods=_ordered(self.methods),
            headers=_ordered(name.lower() for name in self.headers),
            expose_headers=_ordered(name.lower() for name in self.expose_headers),
            max_age_seconds=self.max_age_seconds or None,
        )


def default_gallery_rules() -> list[dict[str, Any]]:
    """Return the rules of Galleria's storage service for a web gallery: any site may read, and see the ETag."""
    return [
        {
            "AllowedMethods": ["GET", "HEAD"],
            "AllowedOrigins": ["*"],
            "AllowedHeaders": ["*"],
            "ExposeHeaders": ["ETag"],
            "MaxAgeSeconds": 3600,
        }
    ]


def found_rules(documents: Iterable[Mapping[str, Any]]) -> tuple[CorsRule, ...]:
    """Read the rules that a server returned, whatever they are."""
    return tuple(CorsRule.from_document(document) for document in documents)


def _ordered(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(values)))
