"""The acts on a case, one file each."""
