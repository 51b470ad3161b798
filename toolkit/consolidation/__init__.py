"""The sum of many returns: who is in it and who is not, the workbook that proves it, and the figures as data."""
