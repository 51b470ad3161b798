"""A workbook from outside: let in or refused, read without meaning, understood as a return."""
