"""xxgk: statutory report forms that travel as spreadsheets."""

__version__ = "0.1.0"
