"""What `galleria.toml` says about the photos beside it: rules, the facts that they ask for, and their short forms."""
