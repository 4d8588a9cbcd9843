"""`make costs`: print the figures of docs/operations.md, and put them into the page with `--write`."""

import argparse
import sys
from pathlib import Path

from benchmarks.costs.page import parts, with_parts

PAGE = Path(__file__).parents[2] / "docs/operations.md"


def main() -> int:
    """Print all parts; exit status 1 where the page says something else."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the figures into docs/operations.md")
    write = parser.parse_args().write
    for text in parts().values():
        print(f"{text}\n")
    found = PAGE.read_text(encoding="utf-8")
    page = with_parts(found)
    if write:
        PAGE.write_text(page, encoding="utf-8")
    elif page != found:
        print("docs/operations.md says something else: python -m benchmarks.costs --write", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
