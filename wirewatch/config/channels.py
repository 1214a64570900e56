"""The configuration's channels as they are stored, and stored channels as they are used."""

from collections.abc import Iterator, Mapping

from alerts.channels.registry import KINDS
from alerts.channels.settings import ChannelSettings, Surroundings
from alerts.channels.stored import live, plain, secrets_of, shown
from core.errors import ConfigError
from core.model.channel import ChannelDraft, ChannelRow
from wirewatch.config.loading import Config
from wirewatch.config.surroundings import surroundings


def channel_drafts(config: Config) -> list[ChannelDraft]:
    """The channels of the files, without their secrets."""
    return [
        ChannelDraft(
            name=one.settings.name,
            kind=one.settings.kind,
            settings=shown(one.settings.kind, plain(one.settings)),
            author="file",
            team=one.team,
        )
        for one in config.channels
    ]


def template_problems(config: Config) -> list[str]:
    """What is wrong with the templates of the files' rules and channels, tried on a sample. A channel runs without such a template."""
    found = list(_rule_template_problems(config))
    for one in config.channels:
        if one.settings.template is None and one.settings.template_file is None:
            continue
        from alerts.management.trial_template import template_problem  # noqa: PLC0415 - few channels have one

        problem = template_problem(one.settings, one.base_dir)
        if problem is not None:
            until = "; its messages have the default form until then" if KINDS[one.settings.kind].worded else ""
            found.append(f"channel {one.settings.name}: template: {problem}{until}")
    return found


def added_around(config: Config) -> Surroundings:
    """Where a channel stands that was added by command."""
    return surroundings(config.log.url, allow_exec=config.server.allow_exec, in_file=False)


def _rule_template_problems(config: Config) -> Iterator[str]:
    for rule in config.rules:
        if rule.settings.template:
            from alerts.management.trial_template import problem_of  # noqa: PLC0415 - few rules have one

            problem = problem_of(rule.settings.template)
            if problem is not None:
                told = f"rule {rule.name!r}: {problem}; its messages have the default form until then"
                yield str(rule.place("template", told))


def settings_of(row: ChannelRow, config: Config, environ: Mapping[str, str]) -> tuple[ChannelSettings, frozenset[str]]:
    """The settings of a channel that was added, and what of them must stand in no log. Raises ConfigError with every problem."""
    base_dir = config.path.parent
    settings = live(row.name, row.kind, row.settings, environ)
    settings.see_fit(added_around(config))
    try:
        settings.check_files(base_dir)
        return settings, secrets_of(settings, base_dir)
    except ConfigError as error:
        raise ConfigError([problem.removeprefix(f"channel {row.name}: ") for problem in error.problems]) from None
