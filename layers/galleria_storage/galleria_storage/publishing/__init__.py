"""The publish protocol: from a staging object to exactly one correct public copy."""
