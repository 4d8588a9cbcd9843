"""RAW files that are more than a TIFF: a container or a preview with capture tags of its own."""
