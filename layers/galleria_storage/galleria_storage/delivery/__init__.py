"""Events in, tasks out; then what the caller, the failure queue and the event bus are told."""
