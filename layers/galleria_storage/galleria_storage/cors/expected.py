"""The rules that a person asks for, checked against what S3 accepts, so that a repair never writes invalid rules."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from galleria_storage.cors.cors_settings import CorsSettings
from galleria_storage.cors.rules import LIST_FIELDS, CorsRule
from galleria_storage.errors import SettingsError

METHODS: Final = ("GET", "PUT", "HEAD", "POST", "DELETE")
#: S3 rejects a configuration with more.
MAX_RULES: Final = 100
MAX_ID_LENGTH: Final = 255
DOCUMENT_FIELDS: Final = (*LIST_FIELDS, "MaxAgeSeconds", "ID")
_Refuse = Callable[[str], SettingsError]


def expected_rules(documents: Iterable[Mapping[str, Any]], *, setting: str = "CORS_RULES") -> tuple[CorsRule, ...]:
    """Read rules that a person wrote, and check that S3 would accept them.

    Lower-case methods become capitals, since nothing else can be meant.

    Raises
    ------
    SettingsError
        S3 would reject a rule; the message names the rule, the field, the value
        and what is allowed. `setting` is the error's tag.
    """
    documents = list(documents)
    if not 1 <= len(documents) <= MAX_RULES:
        raise SettingsError(f"{setting} has {len(documents)} rules; allowed are 1 to {MAX_RULES}", tag=setting)
    return tuple(_expected_rule(document, f"{setting}, rule {n}", setting) for n, document in enumerate(documents, 1))


def rules_from_settings(settings: CorsSettings) -> tuple[CorsRule, ...]:
    """Return the rules that the settings ask for: the document, or one rule made of the single settings."""
    if settings.rules is not None:
        return expected_rules(settings.rules)
    rule = CorsRule(
        origins=settings.origins,
        methods=settings.methods,
        headers=settings.headers,
        expose_headers=settings.expose_headers,
        max_age_seconds=settings.max_age_seconds,
    )
    return expected_rules([rule.to_document()], setting="CORS_ALLOWED_* and CORS_EXPOSE_HEADERS")


def _expected_rule(document: Mapping[str, Any], place: str, setting: str) -> CorsRule:
    def refuse(problem: str) -> SettingsError:
        return SettingsError(f"{place}: {problem}", tag=setting)

    if unknown := sorted(set(document) - set(DOCUMENT_FIELDS)):
        raise refuse(f"unknown field {unknown[0]!r}; allowed are {', '.join(DOCUMENT_FIELDS)}")
    _check_types(document, refuse)
    found = CorsRule.from_document(document)
    rule = replace(found, methods=tuple(method.upper() for method in found.methods))
    if not rule.origins or not rule.methods:
        raise refuse("AllowedOrigins and AllowedMethods need at least one value each")
    if wrong := [method for method in rule.methods if method not in METHODS]:
        raise refuse(f"AllowedMethods has {wrong[0]!r}; allowed are {', '.join(METHODS)}")
    for value in (*rule.origins, *rule.headers):
        _check_stars(value, refuse)
    for origin in rule.origins:
        _check_origin(origin, refuse)
    if wrong := [name for name in rule.expose_headers if "*" in name]:
        raise refuse(f"ExposeHeaders has {wrong[0]!r}; S3 wants each header by its full name")
    return rule


def _check_types(document: Mapping[str, Any], refuse: _Refuse) -> None:
    for field in LIST_FIELDS:
        values = document.get(field, [])
        if not isinstance(values, list) or not all(isinstance(value, str) and value.strip() for value in values):
            raise refuse(f"{field} is {values!r}; allowed is a list of texts")
    max_age = document.get("MaxAgeSeconds")
    if max_age is not None and (not isinstance(max_age, int) or isinstance(max_age, bool) or max_age < 0):
        raise refuse(f"MaxAgeSeconds is {max_age!r}; allowed are whole seconds from 0")
    rule_id = document.get("ID", "")
    if not isinstance(rule_id, str) or len(rule_id) > MAX_ID_LENGTH:
        raise refuse(f"ID is {rule_id!r}; allowed is a text of at most {MAX_ID_LENGTH} characters")


def _check_stars(value: str, refuse: _Refuse) -> None:
    if value.count("*") > 1:
        raise refuse(f"{value!r} has more than one *; allowed is one")


def _check_origin(origin: str, refuse: _Refuse) -> None:
    # A browser's Origin is scheme://host[:port] in small letters, without a path (RFC 6454, 6.2).
    if origin != origin.lower():
        raise refuse(f"the origin {origin!r} has capital letters, which no browser sends; write {origin.lower()!r}")
    if origin.endswith("/"):
        raise refuse(f"the origin {origin!r} ends in a slash, which no browser sends; write {origin.rstrip('/')!r}")
    if "*" not in origin and "://" not in origin and origin != "null":
        raise refuse(f"the origin {origin!r} has no scheme; write {'https://' + origin!r}")
