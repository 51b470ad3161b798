"""The command line: parses, calls one function, prints, and picks an exit code."""
