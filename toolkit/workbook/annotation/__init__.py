"""The unit's own workbook back, with what is wrong marked in its cells."""
