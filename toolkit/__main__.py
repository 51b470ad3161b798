"""``python -m toolkit`` is the program ``xxgk``."""

from toolkit.cli.run import main

if __name__ == "__main__":
    main()
