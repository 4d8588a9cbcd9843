"""What the public may not learn: groups of metadata, how each is taken out without moving a byte, and the proof."""
