"""Functions for other processes to look up: work that goes well, fails, or ends its process."""

import os
import signal
from pathlib import Path


def doubled(piece: float) -> tuple[float, int]:
    return piece * 2, os.getpid()


def failing(piece: int) -> int:
    if piece == 3:
        raise ArithmeticError("three is too many")
    return piece


def dying_once(piece: tuple[str, int]) -> int:
    mark = Path(piece[0])
    if piece[1] == 2 and not mark.exists():
        mark.write_text("died")
        os.kill(os.getpid(), signal.SIGKILL)
    return piece[1]


def dying(piece: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return piece


def hanging_once(piece: tuple[str, int]) -> int:
    mark = Path(piece[0])
    if piece[1] == 2 and not mark.exists():
        mark.write_text("hung")
        os.kill(os.getpid(), signal.SIGSTOP)
    return piece[1]
