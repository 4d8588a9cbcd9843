"""The services of AWS other than S3: queue, event bus and CDN (`calls`), and Secrets Manager (`secrets`)."""
