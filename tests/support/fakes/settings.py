"""The environment of a publisher with a provider that does not exist."""

ENV = {
    "STAGING_BUCKET": "staging",
    "S3_PUBLIC_BUCKET": "public",
    "S3_PUBLIC_ENDPOINT": "https://s3.example.com",
    "S3_PUBLIC_ACCESS_KEY": "key",
    "S3_PUBLIC_SECRET_KEY": "secret",
    "S3_PUBLIC_PROFILE": "ceph",
    "AWS_DEFAULT_REGION": "eu-north-1",
}
