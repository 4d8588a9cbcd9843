"""Everything that depends on internals of botocore and urllib3, with substitutes for releases that lack one.

Tested with botocore 1.36.0, the oldest release that is supported, and with the newest. Nothing outside this
folder uses a name of theirs that their documents do not promise.
"""
