"""From definition to geometry: reads a form, draws its tables, knows where a cell is."""
