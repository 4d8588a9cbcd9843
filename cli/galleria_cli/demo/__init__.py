"""The system on an embedded S3: sample photos, the functions, and independent checks of the results."""
