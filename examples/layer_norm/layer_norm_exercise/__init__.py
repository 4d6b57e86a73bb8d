"""Layer normalisation: an exercise for pytest-gradient."""
