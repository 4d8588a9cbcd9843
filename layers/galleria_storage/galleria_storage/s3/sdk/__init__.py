"""All that reaches into the inner parts of botocore and urllib3, and what stands in where a release lacks one.

Tested with botocore 1.36.0, the oldest release that is supported, and with the newest. Nothing outside this
folder uses a name of theirs that their documents do not promise.
"""
