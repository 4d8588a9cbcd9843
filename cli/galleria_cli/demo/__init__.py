"""The main job on an embedded S3: sample photos, the system, and other eyes that judge the results."""
