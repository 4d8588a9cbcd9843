"""PNG files: chunks, Exif in eXIf or in a raw profile, texts."""
