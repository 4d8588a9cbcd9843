"""What both functions need of their runtime: a short init phase and tracing."""
