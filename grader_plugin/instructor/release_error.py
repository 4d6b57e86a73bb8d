"""What keeps a release from being made."""


class ReleaseError(ValueError):
    """Nothing is written; a sentence that says why."""
