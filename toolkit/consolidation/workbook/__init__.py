"""The consolidated workbook: totals as live formulas over a sheet of units."""
