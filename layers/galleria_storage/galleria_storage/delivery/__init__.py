"""Events in, tasks out; then reports to the caller, the failure queue and the event bus."""
