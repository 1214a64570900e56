"""Runs kernels as machine code, or with `WIREWATCH_MATCHER=plain` as plain Python with every bound checked.

`inner`: a function that kernels call. `kernel`: one that Python calls, with the type it returns (None, int) and a sample of each
argument. `row_of`, `pointers`: see alerts.rules.native.addressed. `compiled`: a plain function of another module, as kernels call it. `ptr`, `later`: what inner functions take in place of
an array, and the same some positions on. `fetch`: brings a value near that is read soon. `i64`, `f64`: a number as wide as that.
"""

import os
from collections.abc import Callable
from typing import Any

import numpy as np

PLAIN = os.environ.get("WIREWATCH_MATCHER") == "plain"
i64: Callable[[Any], int]
f64: Callable[[Any], float]

if PLAIN:
    from alerts.rules.native.bounded import compiled, fetch, inner, kernel, later, pointers, ptr, row_of

    i64, f64 = int, float
else:
    from alerts.rules.native.machine import compiled, fetch, inner, kernel, later, pointers, ptr, row_of  # type: ignore[assignment]

    i64, f64 = np.int64, np.float64  # type: ignore[assignment]  # a number in compiled code

__all__ = ["PLAIN", "compiled", "f64", "fetch", "i64", "inner", "kernel", "later", "pointers", "ptr", "row_of"]
