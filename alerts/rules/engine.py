"""Chooses the engine that matches a set of rules, by their number and by what is installed.

The interpreter needs only Python and serves a few thousand rules. Machine code serves a million, and needs numba, about 120 MB
of memory and, once after an installation, a minute to be compiled. Both find the same (tests/alerts/rules/test_ruleset.py).
"""

import os
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import import_module
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
    """Whether numba is there; it is not loaded for that, so it may be one that cannot be."""
    return find_spec("numba") is not None


@cache
def unloadable() -> str:
    """Why an installed numba cannot be loaded (it does not fit numpy, or lacks a library); empty: it can, and is loaded now."""
    try:
        import_module("numba")
    except (ImportError, OSError, AttributeError, RuntimeError) as error:
        return f"{type(error).__name__}: {error}".partition("\n")[0][:200]
    return ""


def choose(rules: int) -> Choice:
    """The engine for so many rules. WIREWATCH_MATCHER overrides: `interpreter`, `compiled`, or `plain` (see native.jit)."""
    wanted = os.environ.get("WIREWATCH_MATCHER", "")
    if wanted in ("compiled", "plain"):
        return Choice(Engine.MACHINE_CODE)
    if rules <= MOST_INTERPRETED or wanted == "interpreter":
        return Choice(Engine.INTERPRETER)
    slow = f"{rules} rules are matched by the interpreter, which slows down with their number; "
    if not machine_code_installed():
        return Choice(Engine.INTERPRETER, f"{slow}{INSTALL}" if rules > MANY else "")
    reason = unloadable()
    if reason:
        return Choice(Engine.INTERPRETER, f"{slow}numba is installed and cannot be loaded ({reason}); {INSTALL}")
    return Choice(Engine.MACHINE_CODE)


def wants_machine_code(rules: int) -> bool:
    """What `choose` will say, for who cannot wait while numba is loaded to see whether it can be."""
    if os.environ.get("WIREWATCH_MATCHER") or rules <= MOST_INTERPRETED:
        return choose(rules).engine is Engine.MACHINE_CODE
    tried = unloadable.cache_info().currsize > 0
    return machine_code_installed() and not (tried and unloadable())
