"""Reads every file below a folder and does nothing with it: what no validator in Python can beat."""

import os
import sys


def read_all(folder: str) -> int:
    """Return how many bytes the files below a folder have together."""
    size = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                size += read_all(entry.path)
            else:
                handle = os.open(entry.path, os.O_RDONLY)
                # More room than a file needs costs more than reading it.
                size += len(os.read(handle, 1 << 16))
                os.close(handle)
    return size


if __name__ == "__main__":
    print(read_all(sys.argv[1]))
