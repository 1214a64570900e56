"""How much random tests try: once for each push, `WIREWATCH_TEST_EFFORT=20` for a night."""

import os

EFFORT = max(int(os.environ.get("WIREWATCH_TEST_EFFORT", "1")), 1)
