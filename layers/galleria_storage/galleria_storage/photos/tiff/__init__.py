"""TIFF files, and RAW files built like them: tables are read by ranges, and an edit never moves a byte."""
