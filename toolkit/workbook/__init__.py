"""The spreadsheet's sides: plan, write, gate, read, understand, and see what was changed that should not have been."""
