"""Every shape that the template's parameters give it, and what would be wrong in one.

A shape is a choice of values for all parameters that a condition or a rule reads. Values that the rules refuse
make no shape.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, Final

from tests.support.stack.template import PSEUDO, Stack

_KEY: Final = "arn:aws:kms:us-east-1:123456789012:key/1"
_SECRET: Final = "arn:aws:secretsmanager:us-east-1:123456789012:secret:gallery-AbCdEf"
_CERTIFICATE: Final = "arn:aws:acm:us-east-1:123456789012:certificate/1"

Parameters = Mapping[str, Any]

#: Where the public bucket is, and how it is read.
PUBLIC: Final[tuple[Parameters, ...]] = (
    {},
    {"DomainName": "photos.example.com", "CertificateArn": _CERTIFICATE},
    {"CdnLogs": "yes"},
    {"PublicAccess": "public-read"},
    {"PublicBucketName": "gallery"},
    {"PublicBucketName": "gallery", "PublicSecretArn": _SECRET},
    {"PublicBucketName": "gallery", "PublicSecretArn": _SECRET, "PublicEndpoint": "https://fsn1.example"},
)
#: What changes which resources there are, or how events pass between them.
STRUCTURE: Final[tuple[tuple[Parameters, ...], ...]] = (
    PUBLIC,
    ({}, {"StagingBucketName": "photos-in"}),
    ({}, {"Trigger": "direct"}),
    ({}, {"MaximumConcurrency": 0}),
    ({}, {"WhenRemoved": "unpublish"}),
    ({}, {"InvalidateReplaced": "yes"}),
)
#: What changes the inside of one resource.
DETAILS: Final[tuple[tuple[Parameters, ...], ...]] = (
    ({}, {"BucketSuffix": "us-east-1"}),
    ({}, {"KmsKeyArns": f"{_KEY},{_KEY}2"}),
    ({}, {"StagingStorageClass": "GLACIER"}),
    ({}, {"StagingRetentionDays": 30}),
    ({}, {"EventBusName": "default"}),
    ({}, {"AlarmEmail": "someone@example.com"}),
    ({}, {"CorsMode": "audit"}),
    ({}, {"CorsBuckets": "one,two"}),
)


def structures(pseudo: Mapping[str, str] | None = None) -> Iterator[Parameters]:
    """Yield every structure, with no detail set."""
    return _allowed(product(*STRUCTURE), pseudo)


def shapes() -> Iterator[Parameters]:
    """Yield every shape."""
    return _allowed(product(*STRUCTURE, *DETAILS))


def _allowed(
    choices: Iterator[tuple[Parameters, ...]], pseudo: Mapping[str, str] | None = None
) -> Iterator[Parameters]:
    for chosen in choices:
        parameters = {name: value for part in chosen for name, value in part.items()}
        if not Stack(parameters, pseudo=pseudo).refusals():
            yield parameters


def faults(stack: Stack) -> Iterator[str]:
    """Yield what is wrong in a shape: references that lead nowhere, and values that AWS does not take.

    Parameters
    ----------
    stack
        Its template translated from SAM, or as it is written.
    """
    known = stack.present | stack.parameters.keys() | PSEUDO.keys()
    for section in ("Resources", "Outputs"):
        for name, entry in stack.template[section].items():
            if stack.holds(entry.get("Condition")):
                parts = {key: stack.chosen(entry[key]) for key in ("Properties", "DependsOn", "Value") if key in entry}
                missing = sorted(set(_targets(parts)) - known)
                yield from (f"{name} refers to {target}, which this shape does not have" for target in missing)
                yield from (f"{name}: {fault}" for fault in _bad_values(stack.value(parts)))


def _targets(node: Any) -> Iterator[str]:
    """Yield the names that a part of the template refers to; its conditions are decided already."""
    if isinstance(node, list):
        for item in node:
            yield from _targets(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "Ref":
                yield value.partition(".")[0]
            elif key == "Fn::GetAtt":
                yield (value[0] if isinstance(value, list) else value.partition(".")[0]).partition(".")[0]
            elif key == "DependsOn":
                yield from [value] if isinstance(value, str) else value
            elif key == "Fn::Sub":
                yield from _in_text(value)
            else:
                yield from _targets(value)


def _in_text(argument: Any) -> Iterator[str]:
    text, own = (argument, {}) if isinstance(argument, str) else argument
    yield from (name.partition(".")[0] for name in Stack.names_in(text) if name not in own)
    yield from _targets(own)


def _bad_values(node: Any, path: str = "") -> Iterator[str]:
    """Yield what no service takes: empty statements, ARNs of nothing, conditions that were left."""
    if isinstance(node, list):
        for number, item in enumerate(node):
            yield from _bad_values(item, f"{path}[{number}]")
    elif isinstance(node, dict):
        if "Effect" in node and "Action" in node and not (node["Action"] and node.get("Resource", "a trust policy")):
            yield f"{path} is a statement about nothing"
        for key, value in node.items():
            yield from _bad_values(value, f"{path}.{key}")
    elif isinstance(node, str) and node.startswith("arn:") and (node.endswith((":", ":::", "//")) or ":::/" in node):
        yield f"{path} is {node!r}, an ARN of nothing"
