"""``python -m interlayer``."""

from interlayer.cli import main

if __name__ == "__main__":
    main()
