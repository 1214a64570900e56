"""The sandbox that templates run in: no calls, no attribute but what they are given, few filters, an end to loops and text."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, StrictUndefined, TemplateError, Undefined, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from alerts.channels.template_markup import BrokenTemplate, Markup, escaped

MOST_CHARACTERS = 10_000  # of a template
_MOST_TEXT = 40_000  # characters of what comes of it
_DEEPEST_LOOP = 2
_FILTERS = (
    "upper",
    "lower",
    "title",
    "capitalize",
    "trim",
    "truncate",
    "first",
    "last",
    "length",
    "default",
    "join",
    "round",
)


def _finalize(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, Markup) else escaped(str(value))


class _Sandbox(ImmutableSandboxedEnvironment):
    """Nothing can be called, and no text multiplied: a template must come to an end, whoever wrote it."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def is_safe_callable(self, obj: Any) -> bool:
        return isinstance(obj, Undefined)  # which says that it is undefined

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator == "**" or not (isinstance(left, int | float) and isinstance(right, int | float)):
            raise SecurityError(f"{operator} is for numbers only")
        return super().call_binop(context, operator, left, right)


@cache
def _environment() -> Environment:
    made = _Sandbox(
        finalize=_finalize, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=False
    )
    made.globals.clear()
    made.filters = {name: made.filters[name] for name in _FILTERS}
    made.tests = {name: made.tests[name] for name in ("defined", "none", "equalto", "==", "in")}
    return made


def written(source: str, facts: Mapping[str, Any]) -> str:
    """The text that a template makes of these facts. Raises BrokenTemplate."""
    parts: list[str] = []
    left = _MOST_TEXT
    try:
        for part in compiled(source).generate(facts):
            parts.append(part)
            left -= len(part)
            if left < 0:
                break
    except TemplateError as error:
        raise BrokenTemplate(_sentence(error)) from None
    except (ArithmeticError, TypeError, ValueError, LookupError) as error:
        raise BrokenTemplate(str(error) or type(error).__name__) from None
    if left < 0:
        raise BrokenTemplate(f"it writes more than {_MOST_TEXT:,} characters")
    return "".join(parts)


@cache
def compiled(source: str) -> Any:
    """The template, ready to run. Raises BrokenTemplate."""
    if len(source) > MOST_CHARACTERS:
        raise BrokenTemplate(f"it is longer than {MOST_CHARACTERS:,} characters")
    try:
        tree = _environment().parse(source)
        if _depth(tree) > _DEEPEST_LOOP:
            raise BrokenTemplate(f"its loops are more than {_DEEPEST_LOOP} deep")
        if found := next(
            tree.find_all((nodes.Macro, nodes.CallBlock, nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)),
            None,
        ):
            raise BrokenTemplate(f"line {found.lineno}: {type(found).__name__.lower()} cannot be used here")
        return _environment().from_string(tree)
    except TemplateError as error:
        raise BrokenTemplate(_sentence(error)) from None
    except RecursionError:
        raise BrokenTemplate("it is nested too deep") from None


def _depth(node: nodes.Node) -> int:
    inner = max((_depth(child) for child in node.iter_child_nodes()), default=0)
    return inner + isinstance(node, nodes.For)


def _sentence(error: TemplateError) -> str:
    line = getattr(error, "lineno", None)
    return f"line {line}: {error.message}" if line else str(error.message)
