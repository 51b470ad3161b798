"""The sum of many returns: who is in it and who is not, and each figure down to the cell it came from."""
