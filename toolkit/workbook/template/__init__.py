"""The blank workbook: what stands in every cell, and how it is written."""
