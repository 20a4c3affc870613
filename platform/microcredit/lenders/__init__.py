"""Partner banks and their dated loan terms."""
