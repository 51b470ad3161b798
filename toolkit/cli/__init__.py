"""The command line: parses, calls one function, prints, and picks an exit code."""

from toolkit.cli.run import main

__all__ = ["main"]
