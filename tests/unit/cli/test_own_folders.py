"""The command's own folders are where platformdirs says, although the command does not use it."""

import subprocess
import sys
from pathlib import Path

import platformdirs
import pytest

from galleria_cli import own_folders


@pytest.mark.parametrize("given", ["", "/srv/elsewhere"])
def test_the_folders_are_the_platforms_own(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    for variable in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(variable, given)
    assert own_folders.config_folder() == platformdirs.user_config_path("galleria-storage")
    assert own_folders.cache_folder() == platformdirs.user_cache_path("galleria-storage")


@pytest.mark.skipif(sys.platform != "linux", reason="only there a folder may be named by a relative path")
def test_a_relative_path_is_ignored_as_the_specification_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "near/by")
    assert own_folders.cache_folder() == Path.home() / ".cache" / "galleria-storage"


@pytest.mark.parametrize("slow", ["platformdirs", "tomllib", "concurrent.futures", "galleria_storage.transfer.proof"])
def test_deploying_loads_only_what_an_unchanged_folder_needs(slow: str) -> None:
    code = f"import sys\nfrom galleria_cli import configuration, deploying, places\nsys.exit({slow!r} in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
