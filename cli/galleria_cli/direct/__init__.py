"""PutObject, ListObjectsV2 and HeadBucket, the three requests that a folder of many files needs, without the SDK.

Importing botocore takes a quarter of a second, and each request about a millisecond of processor time: more than rclone
takes for a whole run in which nothing changed. If the access is plain (keys and endpoint are known, no proxy, no
session token), these three requests are made here. Any request not answered with 200 is repeated by botocore, which
knows about redirects, retries and errors; nothing here interprets them.
"""
