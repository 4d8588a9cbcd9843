"""The services of AWS other than S3.

`calls` is for the queue, the event bus and the CDN, `secrets` for Secrets Manager, and `custom_resource` answers
CloudFormation.
"""
