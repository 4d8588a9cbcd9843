"""The light table: a page on the loopback interface where a person sees which clock is wrong, and approves a rule."""
