"""The file from first contact to complete: appointments, diagnosis, budget, orientation."""
