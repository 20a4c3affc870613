"""`python -m microcredit.cli`, where the command is not installed."""

from microcredit.cli import main

main()
