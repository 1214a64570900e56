"""Regular expressions of rules: RE2's, which take linear time whatever the expression and the text.

`google-re2` has no wheels for some machines (docs/operations.md). There a rule with a regular expression is refused with that
reason, and all other rules work; an engine that backtracks would let one rule stop the matcher.
"""

from typing import Any

try:
    import re2
except ModuleNotFoundError:
    re2 = None


class BadRegex(ValueError):
    """No expression of RE2, or no RE2 on this machine."""


def compiled(pattern: str) -> Any:
    """RE2's own object, for `search` and `finditer`. Raises BadRegex."""
    if re2 is None:
        raise BadRegex("regular expressions need the package google-re2, which is not installed on this machine")
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        said = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else str(error)
        raise BadRegex(f"no RE2 expression: {said}") from None
