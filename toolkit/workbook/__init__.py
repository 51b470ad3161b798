"""The two sides of a spreadsheet: the template that goes out, and the return that comes in and goes back."""
