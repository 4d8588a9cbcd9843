"""CORS rules of the public bucket: meaning, comparison, audit and repair."""
