"""Figures read out of any file: its tables as they are seen, and the cells whose labels are those of the form."""
