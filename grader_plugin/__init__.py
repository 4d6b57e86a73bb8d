"""pytest-gradient."""
