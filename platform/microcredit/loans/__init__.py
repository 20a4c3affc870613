"""The loan after the agreement: money released, instalments, what was paid and what was not."""
