"""``python -m addin`` is the command ``scorebook``, for a Python without installed scripts."""

from addin.cli import main

main()
