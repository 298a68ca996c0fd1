"""`python -m calakan` is the command line."""

from calakan.cli import main

main()
