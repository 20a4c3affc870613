"""Figures counted from rows, masked for those who see totals only."""
