"""The acts on a loan, one file each, and what is read of it."""
