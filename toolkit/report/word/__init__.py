"""A report as .docx, and the template that an office may restyle."""
