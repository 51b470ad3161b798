"""A report as every renderer takes it: blocks, their layout, the page."""
