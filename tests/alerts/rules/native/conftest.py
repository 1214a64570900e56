"""Kernels are tested where numba is installed, or where they run as plain Python (WIREWATCH_MATCHER=plain)."""

import os

from alerts.rules.engine import machine_code_installed

_PLAIN = os.environ.get("WIREWATCH_MATCHER") == "plain"
collect_ignore_glob = [] if machine_code_installed() else ["test_machine.py" if _PLAIN else "test_*.py"]
