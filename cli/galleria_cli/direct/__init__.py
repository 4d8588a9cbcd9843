"""The two requests that a folder of many files needs, PutObject and ListObjectsV2, without the SDK.

botocore takes a quarter of a second to be imported, and about a millisecond
of processor time for each request: more than rclone takes for a whole run in
which nothing changed. Where the access is plain (keys and an endpoint that
are known without it, no proxy, no session token), these two requests are
made here. Whatever is not answered with 200 is asked once more by botocore,
which knows about redirects, retries and errors; nothing here interprets them.
"""
