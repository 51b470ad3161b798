"""A report as .docx, and the Word template that an office may restyle."""
