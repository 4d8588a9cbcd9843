"""S3 at any provider: accounts and clients, what a provider can do, objects, listings, and what errors mean.

Begin with `access.public_bucket` and `clients.connect`; `discovery.settle` finds out what an unknown provider
is, and `objects.ObjectStore` does the rest. Whatever leaves this folder is a typed value or an error of
`galleria_storage.errors`.
"""
