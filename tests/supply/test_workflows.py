"""What GitHub runs: the gate of any machine, pinned actions, few rights, and a deployment that others can call."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.servers.processes import ROOT
from tests.support.stack.template import source

FOLDER = ROOT / ".github/workflows"
NAMES = sorted(path.stem for path in FOLDER.glob("*.yml"))
PINNED = re.compile(r"^[\w.-]+/[\w./-]+@[0-9a-f]{40}$")


def workflow(name: str) -> dict[Any, Any]:
    document: dict[Any, Any] = yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))
    document["on"] = document.pop(True)  # YAML 1.1 reads the word `on` as true
    return document


def steps(name: str) -> list[dict[str, Any]]:
    return [step for job in workflow(name)["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("name", NAMES)
def test_every_action_is_pinned_to_a_commit_with_its_version_beside_it(name: str) -> None:
    used = [step["uses"] for step in steps(name) if "uses" in step]
    assert used
    assert [action for action in used if not PINNED.match(action)] == []
    text = (FOLDER / f"{name}.yml").read_text(encoding="utf-8")
    assert len(re.findall(r"uses: \S+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", text, re.MULTILINE)) == len(used)


def test_one_action_has_one_commit_in_all_workflows() -> None:
    commits: dict[str, set[str]] = {}
    for name in NAMES:
        for step in steps(name):
            action, _, commit = step.get("uses", "").partition("@")
            commits.setdefault(action.rpartition("/")[0] if "codeql" in action else action, set()).add(commit)
    assert {action: found for action, found in commits.items() if len(found) > 1} == {}


@pytest.mark.parametrize("name", NAMES)
def test_a_workflow_may_only_read_unless_a_job_says_why(name: str) -> None:
    document = workflow(name)
    assert document["permissions"] == {"contents": "read"}
    granted = [job.get("permissions", {}) for job in document["jobs"].values()]
    writes = {right for rights in granted for right, level in rights.items() if level == "write"}
    assert writes <= {"deploy": {"id-token"}, "codeql": {"security-events"}}.get(name, set())


@pytest.mark.parametrize("name", NAMES)
def test_every_job_ends_by_itself_and_no_checkout_leaves_a_token_behind(name: str) -> None:
    assert all("timeout-minutes" in job for job in workflow(name)["jobs"].values())
    checkouts = [step for step in steps(name) if step.get("uses", "").startswith("actions/checkout@")]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


@pytest.mark.parametrize("name", NAMES)
def test_no_script_contains_an_expression_that_others_could_fill(name: str) -> None:
    assert [step["run"] for step in steps(name) if "${{" in step.get("run", "")] == []


def test_the_gate_is_the_one_of_the_repository_and_has_the_runtimes_python() -> None:
    gate = workflow("ci")["jobs"]["gate"]
    assert any(step.get("run", "").endswith(".ci/run") or ".ci/run " in step.get("run", "") for step in gate["steps"])
    (python,) = [step["with"]["python-version"] for step in gate["steps"] if "setup-python" in step.get("uses", "")]
    assert source()["Globals"]["Function"]["Runtime"] == f"python{python}"


def test_every_command_that_a_workflow_runs_is_one_of_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = {
        word for name in NAMES for step in steps(name) for word in re.findall(r"\bmake ([\w-]+)", step.get("run", ""))
    }
    assert {"test", "build"} <= targets
    assert [target for target in targets if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []


def test_the_deployment_can_be_called_by_others_and_has_no_stored_keys() -> None:
    deploy = workflow("deploy")
    called, by_hand = (deploy["on"][way]["inputs"] for way in ("workflow_call", "workflow_dispatch"))
    assert set(by_hand) < set(called)
    assert [name for name, given in called.items() if not given.get("required") and "default" not in given] == []
    text = (FOLDER / "deploy.yml").read_text(encoding="utf-8")
    assert "secrets." not in text
    assert "aws-access-key-id" not in text
    assert "role-to-assume" in text
    used = set(re.findall(r"inputs\.([a-z-]+)", text))
    assert used == set(called)


def test_the_deployment_builds_before_it_has_credentials() -> None:
    (job,) = workflow("deploy")["jobs"].values()
    order = [step.get("uses", step.get("run", "")) for step in job["steps"]]
    built = next(place for place, step in enumerate(order) if "make build" in step)
    opened = next(place for place, step in enumerate(order) if "configure-aws-credentials" in step)
    deployed = next(place for place, step in enumerate(order) if "sam deploy" in step)
    assert built < opened < deployed


def test_the_output_of_the_deployment_is_one_of_the_template() -> None:
    text = (FOLDER / "deploy.yml").read_text(encoding="utf-8")
    (name,) = re.findall(r'\$1 == "(\w+)"', text)
    assert name in source()["Outputs"]


def test_dependabot_looks_after_every_place_with_pinned_versions() -> None:
    updates = yaml.safe_load((ROOT / ".github/dependabot.yml").read_text(encoding="utf-8"))["updates"]
    watched = {(entry["package-ecosystem"], folder) for entry in updates for folder in entry.get("directories", ["/"])}
    found = {("pip", f"/{path.parent.relative_to(ROOT)}") for path in pinned_files()}
    found |= {("npm", f"/{Path(path).parent.relative_to(ROOT)}") for path in package_files()}
    assert watched == found | {("github-actions", "/")}


def pinned_files() -> list[Path]:
    return [*ROOT.glob("requirements/*.txt"), *ROOT.glob("layers/*/requirements.txt")]


def package_files() -> list[Path]:
    return [path for place in ("*", "tests/*") for path in ROOT.glob(f"{place}/package.json")]
