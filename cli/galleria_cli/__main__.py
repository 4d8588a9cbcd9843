"""Lets `python -m galleria_cli` do what `galleria-storage` does."""

import sys

from galleria_cli.main import main

sys.exit(main())
