"""Real S3 servers on loopback, what runs already somewhere else, and questions that find out what a server does."""

from tests.support.servers.server import STARTERS, S3Server, running

__all__ = ["STARTERS", "S3Server", "running"]
