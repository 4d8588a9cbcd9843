"""RAW files that are more than a TIFF: with a container, or a preview with its own capture tags."""
