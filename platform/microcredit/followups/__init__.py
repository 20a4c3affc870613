"""Staying with the household: the evaluation that closes a loan."""
