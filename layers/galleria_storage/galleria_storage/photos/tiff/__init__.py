"""TIFF files, and RAW files that are built like them: tables read by ranges, an edit that never moves a byte."""
