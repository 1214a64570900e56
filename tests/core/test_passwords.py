"""Passwords: kept as argon2id alone, compared in the same way whether there is one or not."""

from typing import Literal

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type

from core import passwords
from core.passwords import LEAST, MOST, hashed, is_right, outdated, password_problem

GOOD = "a long walk home"


async def test_a_password_is_kept_as_argon2id_with_a_salt_of_its_own() -> None:
    first, second = await hashed(GOOD), await hashed(GOOD)
    assert first != second
    assert GOOD not in first
    parameters = extract_parameters(first)
    assert parameters.type is Type.ID
    assert parameters.memory_cost >= 19 * 1024  # KiB: what OWASP asks for at least
    assert await is_right(first, GOOD)
    assert not await is_right(first, GOOD + "s")


async def test_nobody_has_a_password_that_was_never_set() -> None:
    assert not await is_right(None, "nobody has this one")
    assert not await is_right("", "")
    assert not await is_right("no hash", "no hash")


class Counting(PasswordHasher):
    """Counts the comparisons, each of which takes its time."""

    compared = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 - the base's name
        self.compared += 1
        return super().verify(hash, password)


async def test_a_comparison_takes_its_time_where_there_is_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    counting = Counting(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", counting)
    stored = counting.hash(GOOD)
    for compared, (kept, given) in enumerate([(stored, GOOD), (stored, "another long walk"), (None, GOOD)], start=1):
        assert await is_right(kept, given) is (compared == 1)
        assert counting.compared == compared


async def test_one_character_is_one_however_a_keyboard_spells_it() -> None:
    assert await is_right(await hashed("caf\u00e9 and tea"), "cafe\u0301 and tea")
    assert not await is_right(await hashed("a lone \ud800 half"), "a lone \ud801x half")


def test_a_hash_of_weaker_parameters_is_to_be_made_anew() -> None:
    assert outdated(PasswordHasher(time_cost=1, memory_cost=8192).hash(GOOD))
    assert not outdated(PasswordHasher().hash(GOOD))


@pytest.mark.parametrize(
    ("password", "name", "told"),
    [
        ("short", "", f"{LEAST} to {MOST} characters"),
        ("x" * (MOST + 1), "", f"{LEAST} to {MOST} characters"),
        ("aaaaaaaaaaaa", "", "different characters"),
        ("Kim@News.example", "kim@news.example", "not the name"),
    ],
)
def test_a_password_that_is_easy_to_guess_is_refused(password: str, name: str, told: str) -> None:
    assert told in (password_problem(password, name) or "")
    assert password_problem(GOOD, name) is None
