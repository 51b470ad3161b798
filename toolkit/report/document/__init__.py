"""A report as every renderer takes it: blocks, their order, the page."""
