"""The name of the file with the rules: apart from what reads it, so that naming it costs nothing."""

from typing import Final

NAME: Final = "galleria.toml"
