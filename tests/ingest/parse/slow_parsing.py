"""What a parser's process may be made to do by a hostile document; run in such a process by tests."""

import os
import time


def dies() -> None:
    os._exit(9)


def never_ends() -> None:
    time.sleep(3600)


def raises() -> None:
    raise RecursionError("too deep")


def answers() -> str:
    return "an answer"
