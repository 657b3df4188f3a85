"""Entry point of `python -m litectl`."""

from litectl.main import main

if __name__ == "__main__":
    main()
