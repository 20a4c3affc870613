"""Persons and households who ask for a loan, and how they are found again by name."""
