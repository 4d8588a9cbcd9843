"""Ask real servers what they do, and print the answers as the table of `docs/providers.md` (`make survey`)."""

import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.support.servers import STARTERS, running
from tests.support.servers.facts import FACTS, ODDITIES, Site
from tests.support.servers.processes import ServerMissingError

Question = Callable[[Site], Any]


def answers(name: str) -> dict[Question, str]:
    """Start one server and ask everything; a server that is missing answers nothing."""
    with tempfile.TemporaryDirectory(prefix="s3-") as folder:
        try:
            with running(name, Path(folder)) as server:
                client = server.client()
                for bucket in ("survey-one", "survey-two"):
                    client.create_bucket(Bucket=bucket)
                site = Site(client, "survey-one", "survey-two")
                return {ask: in_words(ask(site)) for ask in (*ODDITIES, *FACTS)}
        except ServerMissingError as missing:
            sys.stderr.write(f"skipped: {name}: {missing}\n")
            return {}


def in_words(answer: Any) -> str:
    """Write one answer as a cell of the table."""
    match answer:
        case bool():
            return "yes" if answer else "no"
        case frozenset():
            return ", ".join(sorted(answer)) or "none"
        case "ignored":
            return "**ignored**"
        case _:
            return str(answer)


def main(names: list[str]) -> None:
    """Print one row a question, one column a server."""
    with ThreadPoolExecutor(2) as pool:
        asked = zip(names, pool.map(answers, names), strict=True)
        found = {name: column for name, column in asked if column}
    rows = [["", *found], ["---"] * (len(found) + 1)]
    rows += [[f"`{ask.__name__}`", *(column[ask] for column in found.values())] for ask in (*FACTS, *ODDITIES)]
    sys.stdout.writelines(f"| {' | '.join(row)} |\n" for row in rows)


if __name__ == "__main__":
    main(sys.argv[1:] or list(STARTERS))
