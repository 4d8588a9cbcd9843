"""The template as a reader of CloudFormation sees it: short tags understood, intrinsic functions worked out.

Enough of CloudFormation for the facts that the tests ask; a function that is not known here is an error, never a guess.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

import yaml

PSEUDO: Final = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::StackId": "arn:aws:cloudformation:us-east-1:123456789012:stack/galleria-storage/51af3dc0-da77-11e4-872e-1",
    "AWS::StackName": "galleria-storage",
    "AWS::URLSuffix": "amazonaws.com",
}
_TEMPLATE: Final = Path(__file__).parents[3] / "template.yaml"  # found without the library: cfn-guard runs beside sam
_NOTHING: Final = object()  # AWS::NoValue: the property or list entry is not there


class _Loader(yaml.SafeLoader):
    """YAML with `!Ref`, `!Sub` … read as their long forms."""


def _tag(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _tag)


@cache
def source(path: Path = _TEMPLATE) -> dict[str, Any]:
    """Read a template, its functions not yet worked out."""
    document: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 # a SafeLoader
    return document


class Stack:
    """A template with values for its parameters.

    Parameters
    ----------
    parameters
        Values in place of the template's defaults.
    template
        As `source` gives it; None: the project's own.
    pseudo
        Values in place of those of `PSEUDO`.
    """

    def __init__(
        self,
        parameters: Mapping[str, Any] | None = None,
        template: dict[str, Any] | None = None,
        pseudo: Mapping[str, str] | None = None,
    ) -> None:
        self._held: dict[str | None, bool] = {}
        self._pseudo = {**PSEUDO, **(pseudo or {})}
        self.template = template or source()
        defaults = {name: entry.get("Default") for name, entry in self.template["Parameters"].items()}
        self.parameters: dict[str, Any] = {**defaults, **(parameters or {})}

    @cached_property
    def present(self) -> frozenset[str]:
        """The names of the resources that these parameters make."""
        resources = self.template["Resources"].items()
        return frozenset(name for name, entry in resources if self.holds(entry.get("Condition")))

    @cached_property
    def resources(self) -> dict[str, dict[str, Any]]:
        """The resources, all functions in them worked out."""
        return {
            name: {key: resolved for key, value in entry.items() if (resolved := self.value(value)) is not _NOTHING}
            for name, entry in self.template["Resources"].items()
            if name in self.present
        }

    def properties(self, name: str) -> dict[str, Any]:
        """Return the properties of one resource."""
        properties: dict[str, Any] = self.resources[name]["Properties"]
        return properties

    def environment(self, function: str) -> dict[str, str]:
        """Return the environment variables of one function, the common ones included."""
        common = self.value(self.template["Globals"]["Function"]["Environment"]["Variables"])
        own = self.properties(function)["Environment"]["Variables"]
        return {name: str(value) for name, value in {**common, **own}.items()}

    def refusals(self) -> list[str]:
        """Return why the template's rules refuse these parameters."""
        return [
            entry["AssertDescription"]
            for rule in self.template["Rules"].values()
            if self.value(rule.get("RuleCondition", True))
            for entry in rule["Assertions"]
            if not self.value(entry["Assert"])
        ]

    def holds(self, condition: str | None) -> bool:
        """Return whether a condition of the template is true."""
        if condition not in self._held:
            self._held[condition] = condition is None or bool(self.value(self.template["Conditions"][condition]))
        return self._held[condition]

    def chosen(self, node: Any) -> Any:
        """Work conditions and parameters out, and leave references to resources."""
        if isinstance(node, list):
            return [self.chosen(item) for item in node if not self._is_nothing(item)]
        match node:
            case {"Fn::If": [condition, then, otherwise]}:
                return self.chosen(then if self.holds(condition) else otherwise)
            case {"Ref": name} if name in self.parameters:
                return self.parameters[name]
            case {"Ref": name} if name in self._pseudo:
                return self._pseudo[name]
            case dict():
                return {key: self.chosen(item) for key, item in node.items() if not self._is_nothing(item)}
        return node

    def _is_nothing(self, node: Any) -> bool:
        match node:
            case {"Ref": "AWS::NoValue"}:
                return True
            case {"Fn::If": [condition, then, otherwise]}:
                return self._is_nothing(then if self.holds(condition) else otherwise)
        return False

    @staticmethod
    def names_in(text: str) -> list[str]:
        """Return the names that a text for Fn::Sub refers to."""
        return re.findall(r"\$\{([^!}]+)\}", text)

    def value(self, node: Any) -> Any:
        """Work a node out, all functions in it included."""
        if isinstance(node, list):
            return [value for item in node if (value := self.value(item)) is not _NOTHING]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            (name, argument), *_ = node.items()
            if name == "Condition" and isinstance(argument, str) and argument in self.template["Conditions"]:
                return self.holds(argument)
            if name == "Ref" or name.startswith("Fn::"):
                return self._functions[name](self, argument)
        return {key: value for key, item in node.items() if (value := self.value(item)) is not _NOTHING}

    def _reference(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return _NOTHING
        if name in self.parameters:
            return self.parameters[name]
        if name in self._pseudo:
            return self._pseudo[name]
        resource = self.template["Resources"][name.partition(".")[0]]
        if resource["Type"] == "AWS::S3::Bucket" and "." not in name:
            return self.value(resource["Properties"]["BucketName"])
        if resource["Type"] == "AWS::SQS::Queue" and "." not in name:  # its Ref is its URL
            return f"https://sqs.us-east-1.amazonaws.com/123456789012/{name}"
        return f"<{name}>"

    def _substitute(self, argument: Any) -> str:
        text, own = (argument, {}) if isinstance(argument, str) else argument
        values = {key: self.value(item) for key, item in own.items()}
        return re.sub(r"\$\{([^!}]+)\}", lambda m: str(values.get(m[1]) or self._reference(m[1])), text)

    def _choose(self, argument: list[Any]) -> Any:
        condition, then, otherwise = argument
        return self.value(then if self.holds(condition) else otherwise)

    def _equal(self, argument: list[Any]) -> bool:
        left, right = map(self.value, argument)
        return str(left) == str(right)

    _functions: Final[dict[str, Callable[["Stack", Any], Any]]] = {
        "Ref": _reference,
        "Fn::Sub": _substitute,
        "Fn::GetAtt": lambda _self, path: f"<{'.'.join(path)}>",
        "Fn::If": _choose,
        "Fn::Equals": _equal,
        "Fn::Not": lambda self, argument: not self.value(argument[0]),
        "Fn::And": lambda self, argument: all(map(self.value, argument)),
        "Fn::Or": lambda self, argument: any(map(self.value, argument)),
        "Fn::Contains": lambda self, argument: self.value(argument[1]) in self.value(argument[0]),
        "Fn::FindInMap": lambda self, argument: self.template["Mappings"][argument[0]][argument[1]][
            str(self.value(argument[2]))
        ],
        "Fn::Join": lambda self, argument: argument[0].join(self.value(argument[1])),
        "Fn::Select": lambda self, argument: self.value(argument[1])[int(argument[0])],
        "Fn::Split": lambda self, argument: self.value(argument[1]).split(argument[0]),
    }
