"""The pages of the reference and of man, written from the code by `docs/write_reference.py`."""
