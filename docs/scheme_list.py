"""Writes down what ``scorebook list`` says of the schemes that come along: ``python docs/scheme_list.py``.

A list made with an older one is right as well, only slower: a file that has changed is read whole.
"""

from __future__ import annotations

from generator.files import write_atomically
from generator.scheme import library, listed


def main() -> None:
    bundled = [path for _, path in sorted(library.ids().items()) if path.is_relative_to(library.SCHEMES)]
    write_atomically(listed.WRITTEN, listed.written(bundled).encode())


if __name__ == "__main__":
    main()
