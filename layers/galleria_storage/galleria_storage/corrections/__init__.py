"""What an object asks for: parsed once from its tags, its metadata and the defaults, and printed canonically. Pure."""
