"""The name of the rules file, in a module of its own so that using the name imports nothing else."""

from typing import Final

NAME: Final = "galleria.toml"
