"""What publishing costs compared with simpler handlers, and whether it keeps its promise among errors and kills."""
