"""Many files or objects at once."""
