"""Commands for those who teach with the kit, one a module."""
