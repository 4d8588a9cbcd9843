"""The command `galleria-storage`: for people; no function imports it."""
