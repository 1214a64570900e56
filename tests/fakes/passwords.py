"""Passwords that are quick to compare, for tests of something else."""

import pytest
from argon2 import PasswordHasher

from core import passwords

QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


@pytest.fixture
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes of a kilobyte in place of 64 megabytes: argon2id all the same."""
    monkeypatch.setattr(passwords, "_hasher", QUICK)
