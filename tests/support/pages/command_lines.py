"""The command lines of a page: read as a shell reads them."""

import re
import shlex
from collections.abc import Iterator

_BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)


def command_lines(page: str) -> Iterator[list[str]]:
    """Yield the words of each command line, continued lines joined, comments left out."""
    for block in _BLOCK.findall(page):
        for line in block.replace("\\\n", " ").splitlines():
            if words := shlex.split(line, comments=True):
                yield words
