"""What `wirewatch check` reports about files and services; apart, since it loads the whole application."""

from collections.abc import Iterable

from core.text.visible import one_line
from wirewatch.cli import output
from wirewatch.config.loading import Config
from wirewatch.reach import Finding, file_findings, findings


def tell_files(config: Config) -> int:
    """Read the embedded files completely; return how many are damaged."""
    return _told(file_findings(config))


async def tell_reachable(config: Config) -> int:
    """Report the services that can be reached and those that cannot; return how many cannot."""
    return sum([_told([finding]) async for finding in findings(config)])


def _told(found: Iterable[Finding]) -> int:
    bad = 0
    for finding in found:
        if finding.warned:
            output.say(f"warning: {one_line(finding.what)}", err=True)
        elif finding.problem is None:
            output.say(f"ok  {one_line(finding.what)}")
        else:
            bad += 1
            output.say(one_line(f"{finding.what}: {finding.problem}"), err=True)
    return bad
