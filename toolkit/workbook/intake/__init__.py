"""A workbook from outside: let in or refused, read cell by cell, understood as a return."""
