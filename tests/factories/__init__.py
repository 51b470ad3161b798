"""What tests are made of: forms and returns, workbooks, rounds, sums, documents, and LibreOffice as a witness."""
