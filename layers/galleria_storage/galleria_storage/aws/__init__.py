"""The AWS services other than S3: queue, event bus, CDN, secrets."""
