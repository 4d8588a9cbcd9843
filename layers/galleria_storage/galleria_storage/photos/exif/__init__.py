"""One TIFF structure: IFDs, values, maker notes; what changes in it, and the check of the result."""
