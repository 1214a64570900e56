"""The demo's configuration: the file that a user would write for these sources and rules."""

import json
from collections.abc import Mapping, Sequence

from wirewatch.demo.outlets import Desk, Outlet


def demo_config(feeds: Mapping[str, str], outlets: Sequence[Outlet], desk: Desk, hook: str, secret: str) -> str:
    """A whole `wirewatch.toml`. It listens on any free port; sources are asked every second, the hour being short."""
    parts = [
        'data_dir = "data"\n[server]\nlisten = "127.0.0.1:0"\n',
        '[fetch]\nallow_networks = ["127.0.0.0/8"]\nhost_interval_seconds = 0.0\nhost_concurrency = 4\n',
        f'[[channels]]\nname = "desk"\nkind = "webhook"\nurl = {_quoted(hook)}\nsecret = {_quoted(secret)}\n',
    ]
    parts += [_source(outlet, feeds[outlet.key]) for outlet in outlets]
    parts += [
        f"[[aliases]]\nname = {_quoted(alias['name'])}\nterms = {_quoted(alias['terms'])}\n" for alias in desk.aliases
    ]
    parts += [
        f"[[rules]]\nname = {_quoted(rule['name'])}\nquery = {_quoted(rule['query'])}\n"
        f'channels = ["desk"]\npriority = {_quoted(rule.get("priority", "normal"))}\n'
        for rule in desk.rules
    ]
    return "\n".join(parts)


def _source(outlet: Outlet, feed: str) -> str:
    return (
        f"[[sources]]\nname = {_quoted(outlet.name)}\nurl = {_quoted(feed)}\n"
        f"interval_seconds = 1\nfull_text = {str(not outlet.full_content).lower()}\n"
        f"lang = {_quoted(outlet.lang)}\ncountry = {_quoted(outlet.country)}\n"
        f"time_zone = {_quoted(outlet.time_zone)}\n"
    )


def _quoted(value: object) -> str:
    """JSON strings and lists of them are TOML ones."""
    return json.dumps(value, ensure_ascii=False)
