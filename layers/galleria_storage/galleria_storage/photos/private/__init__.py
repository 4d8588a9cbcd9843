"""What the public must not learn: groups of metadata, their removal without moving a byte, and the proof."""
