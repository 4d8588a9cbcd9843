"""`make fidelity`: what our editor and its peers do to real camera files, judged by independent readers."""
