"""Sending a complete file to a bank, and the bank's answer."""
