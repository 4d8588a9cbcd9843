"""All that speaks to an S3-compatible provider; boto3 lives here and nowhere else in the library."""
