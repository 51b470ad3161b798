"""``python -m xxgk`` is the program ``xxgk``."""

from __future__ import annotations

from toolkit.cli.run import main

if __name__ == "__main__":
    main()
