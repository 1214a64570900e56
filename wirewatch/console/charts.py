"""Small charts as inline SVG, without a style of their own: the page's CSS colours them. Pure.

A chart says in words what it shows (`label`); where the numbers matter, the page has them in a table beside it.
"""

from collections.abc import Sequence

from markupsafe import Markup

_WIDTH, _HEIGHT = 120, 24


def sparkline(values: Sequence[float], label: str) -> Markup:
    """A line through the values, from the oldest to the newest; a flat one at the bottom where all are 0."""
    if not values:
        return Markup("")
    most = max(*values, 1e-9)
    step = _WIDTH / max(len(values) - 1, 1)
    points = " ".join(
        f"{place * step:.1f},{_HEIGHT - 2 - value / most * (_HEIGHT - 4):.1f}" for place, value in enumerate(values)
    )
    return _svg("spark", Markup('<polyline points="{}"/>').format(points), label)


def bars(values: Sequence[float], label: str) -> Markup:
    """A bar for each value, from the oldest to the newest."""
    if not values:
        return Markup("")
    most = max(*values, 1e-9)
    step = _WIDTH / len(values)
    drawn = Markup("").join(
        Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
            place * step, _HEIGHT - tall, max(step - 1, 0.5), tall
        )
        for place, value in enumerate(values)
        if (tall := value / most * _HEIGHT) > 0
    )
    return _svg("bars", drawn, label)


def _svg(kind: str, drawn: Markup, label: str) -> Markup:
    return Markup(
        '<svg class="chart {}" role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" height="{}"'
        ' preserveAspectRatio="none"><title>{}</title>{}</svg>'
    ).format(kind, label, _WIDTH, _HEIGHT, _WIDTH, _HEIGHT, label, drawn)
