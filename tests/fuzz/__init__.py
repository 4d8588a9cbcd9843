"""Coverage-guided fuzzing of everything that reads bytes and texts from outside: `make fuzz`."""
