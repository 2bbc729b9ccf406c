"""The program of the process that runs a team's templates; ``runner`` starts it by its path.

Python starts it isolated (``-I``), with no folder on the module search path but those of Python. The
folders that the tool itself imports from are the arguments.
"""

import sys


def start() -> None:
    """Answer requests until the input ends."""
    sys.path[:] = sys.argv[1:]
    # Imported only now: an isolated interpreter may not find the packages by itself.
    from wakagitops.render.user_targets.worker_loop import answer_requests  # noqa: PLC0415

    answer_requests()


if __name__ == "__main__":
    start()
