"""The unit's own workbook handed back, with what is wrong marked in its cells."""
