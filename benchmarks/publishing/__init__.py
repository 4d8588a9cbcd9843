"""What publishing costs beside the handlers that others would write, and whether it keeps its promise under fire."""
