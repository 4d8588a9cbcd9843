"""What both functions need at run time: a short init phase, settings, log, metrics and tracing."""
