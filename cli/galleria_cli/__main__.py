"""Lets `python -m galleria_cli` do what `galleria-storage` does."""

import sys

from galleria_cli.console import main

sys.exit(main())
