"""Passwords as they are kept: an argon2id hash (RFC 9106), made and compared away from the event loop, few at a time."""

import asyncio
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST = 10  # characters
MOST = 1000
_AT_ONCE = 2  # each takes 64 MiB and some 50 ms of a core
_hasher = PasswordHasher()  # the profile of RFC 9106 for machines with little memory
_threads = ThreadPoolExecutor(_AT_ONCE, "password")


def password_problem(password: str, name: str = "") -> str | None:
    """What is wrong with a new password of this user, in a sentence; None: nothing."""
    given = _same(password)
    if not LEAST <= len(given) <= MOST:
        return f"expected a password of {LEAST} to {MOST} characters"
    if len(set(given)) <= LEAST // 3:
        return "expected a password of more than a few different characters"
    if name and given.casefold() == _same(name).casefold():
        return "expected a password that is not the name"
    return None


async def hashed(password: str) -> str:
    """What is stored of it."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _hasher.hash, _same(password))


async def is_right(stored: str | None, password: str) -> bool:
    """Whether it is the password of this hash. Without a hash it takes as long, and is wrong: nobody learns who exists."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _compare, stored, password[: MOST + 1])


def outdated(stored: str) -> bool:
    """Whether its parameters are those of an earlier release, so that it is to be made anew when the password is known."""
    return _hasher.check_needs_rehash(stored)


def _compare(stored: str | None, password: str) -> bool:
    nobodys = _nobodys()  # made with the first one that is compared, whosever it is
    try:
        _hasher.verify(stored or nobodys, _same(password))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody has this one")


def _same(password: str) -> str:
    """Keyboards differ in how they spell one character (NIST SP 800-63B section 3.1.1.2). Lone surrogates have no bytes."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "replace").decode()
