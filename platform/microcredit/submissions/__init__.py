"""The frozen copy sent to the bank, and the bank's answer."""
