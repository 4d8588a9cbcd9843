"""One TIFF structure: its IFDs, values and maker notes, edits of it, and the check of the result."""
