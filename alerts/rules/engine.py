"""Chooses the engine that matches a set of rules, by their number and by what is installed.

The interpreter needs only Python and serves a few thousand rules. Machine code serves a million, and needs numba, about 120 MB
of memory and, once after an installation, a minute to be compiled. Both find the same (tests/alerts/rules/test_ruleset.py).
"""

import os
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec

MOST_INTERPRETED = 1000  # rules for which machine code is not worth its memory
MANY = 5000  # rules from which a missing numba is worth a warning
INSTALL = "pip install 'wirewatch[fast]'"


class Engine(StrEnum):
    """What matches a set of rules."""

    INTERPRETER = "interpreter"
    MACHINE_CODE = "machine code"


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen engine. `missing`: a warning that names what to install for that many rules; empty if nothing is missing."""

    engine: Engine
    missing: str = ""


def machine_code_installed() -> bool:
    """Whether numba can be loaded; it is not loaded for that."""
    return find_spec("numba") is not None


def choose(rules: int) -> Choice:
    """The engine for so many rules. WIREWATCH_MATCHER overrides: `interpreter`, `compiled`, or `plain` (see native.jit)."""
    wanted = os.environ.get("WIREWATCH_MATCHER", "")
    if wanted in ("compiled", "plain"):
        return Choice(Engine.MACHINE_CODE)
    if rules <= MOST_INTERPRETED or wanted == "interpreter":
        return Choice(Engine.INTERPRETER)
    if machine_code_installed():
        return Choice(Engine.MACHINE_CODE)
    missing = f"{rules} rules are matched by the interpreter, which slows down with their number; {INSTALL}"
    return Choice(Engine.INTERPRETER, missing if rules > MANY else "")
