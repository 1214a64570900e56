"""A message in the words of its readers: a Jinja2 template that gives the lines of a message, whatever its kind of channel.

template -> lines with **bold** and [text](address) -> spans of the layout -> the kind's markup

What a template puts in is text and never markup, but what it marks itself and `quote`, in which the evidence is bold. It runs in
a sandbox: no calls, no attribute but what it is given, few filters, loops at most two deep, and an end to the text.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alerts.channels.rich_text import Line
from alerts.channels.template_markup import BrokenTemplate, marked


@dataclass(frozen=True, slots=True)
class Template:
    """A template that could be read. Compare by its text."""

    source: str

    @classmethod
    def read(cls, source: str) -> "Template":
        """Raises BrokenTemplate."""
        from alerts.channels.template_engine import compiled  # noqa: PLC0415 - few channels have a template

        compiled(source)
        return cls(source)

    def lines(self, facts: Mapping[str, Any]) -> tuple[Line, ...]:
        """What it makes of these facts, without empty lines at the end. Raises BrokenTemplate."""
        from alerts.channels.template_engine import written  # noqa: PLC0415 - as above

        text = written(self.source, facts).strip()
        if not text:
            raise BrokenTemplate("it writes nothing")
        return tuple(marked(line.strip()) for line in text.split("\n"))
