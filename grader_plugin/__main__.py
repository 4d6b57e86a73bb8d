"""The command line as `python -m grader_plugin`, where `grader` is not on the path."""

from .cli import app

if __name__ == "__main__":
    app()
