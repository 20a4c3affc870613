"""Figures computed from rows, each with its definition."""
