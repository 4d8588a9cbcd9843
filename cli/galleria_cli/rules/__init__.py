"""`galleria.toml`: its rules, the facts about photos that they use, and their short forms."""
