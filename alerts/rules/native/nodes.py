"""Stepping over the nodes of a rule, as kernels call it."""

from alerts.rules import bytecode
from alerts.rules.native.jit import compiled

size_of = compiled(bytecode.size_of)
span_of = compiled(bytecode.span_of)
