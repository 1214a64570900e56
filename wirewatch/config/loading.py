"""The configuration as the application uses it: frozen, checked, all problems reported at once, secrets never shown."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from alerts.channels.settings import ChannelSettings
from alerts.rules.problem import Problem as RuleProblem
from core.config import Document, KeyPath, Problem, dotted, fill_in, lay_over, nearest, read_document
from core.config_renames import Renamed, apply_renames
from core.errors import ConfigError
from core.log.kafka_options import KafkaOptions
from core.model.naming import a_name
from core.model.retention import Retention
from core.model.route import Route
from core.model.rule import AliasDraft, RuleSettings
from core.model.source import Source, Subscription
from core.model.team import DEFAULT_TEAM
from core.named_file import read_named, reason
from core.net.url import feed_url
from wirewatch.config.across import OtherChannel, other_channels, unique
from wirewatch.config.aliases import ListedAlias, names_of_broken_aliases, read_aliases
from wirewatch.config.in_force import SettingInForce, settings_in_force
from wirewatch.config.oidc import oidc_of
from wirewatch.config.renamed import RENAMES
from wirewatch.config.route_tables import route_of, route_places
from wirewatch.config.schema import IncludedFile, MainFile, RuleTable
from wirewatch.config.sections import DatabaseConfig, FetchConfig, LogConfig, ServerConfig, fetch_of, server_of
from wirewatch.config.sources import SourceAccess, source_access
from wirewatch.config.tables import (
    channel_path,
    log_url_problems,
    read_tables,
    rule_settings,
    rule_tables,
    watches_source,
)
from wirewatch.config.term_files import Stamp
from wirewatch.oidc.settings import OidcConfig


@dataclass(frozen=True, slots=True)
class ChannelConfig:
    """A channel's settings, the folder that its `_file` secrets are relative to, the file that it stands in, the name of its team."""

    settings: ChannelSettings
    base_dir: Path
    file: str = field(default="", compare=False)
    team: str = DEFAULT_TEAM


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleConfig:
    """A rule as the file has it; `place` is shown with its problems. `query` is empty if the rule watches a source.

    `name` is empty if it is invalid, which is reported.
    """

    name: str
    key: str | None
    team: str
    query: str
    settings: RuleSettings
    comment: str
    place: Callable[[str, str], Problem] = field(repr=False, compare=False)
    read: list[tuple[Sequence[RuleProblem], str]] = field(
        default_factory=list, repr=False, compare=False
    )  # see config.rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything, checked but for the rules' text (see wirewatch.config.rules)."""

    path: Path
    data_dir: Path
    server: ServerConfig
    log: LogConfig
    database: DatabaseConfig
    fetch: FetchConfig
    retention: Retention
    sources: tuple[Source, ...]  # each address once
    subscriptions: tuple[Subscription, ...]
    access: Mapping[str, Mapping[str, str]] = field(repr=False)  # address of a source -> headers for it alone
    source_files: Mapping[str, str] = field(compare=False)  # address of a source -> the file that names it
    aliases: tuple[AliasDraft, ...]
    rules: tuple[RuleConfig, ...]
    channels: tuple[ChannelConfig, ...]
    routes: tuple[Route, ...] = ()
    other_channels: tuple[OtherChannel, ...] = ()  # see wirewatch.config.other_channels
    warnings: tuple[Problem, ...] = ()  # of the files; what is probably not meant so
    renamed: tuple[Problem, ...] = ()  # keys under their old names
    files: tuple[str, ...] = ()  # as they are reported, in the order of reading
    listed_aliases: tuple[ListedAlias, ...] = field(repr=False, default=())  # as `aliases`, with their files
    term_stamps: Mapping[Path, Stamp] = field(repr=False, compare=False, default_factory=dict)  # of those files
    route_places: tuple[Callable[[KeyPath, str], Problem], ...] = field(
        repr=False, compare=False, default=()
    )  # of each route
    unknown_aliases: frozenset[str] = frozenset()  # names whose terms could not be read
    oidc: OidcConfig | None = None
    owner_channel: str = ""  # of the default team: who hears of channels that are gone
    some_unread: bool = False  # more may stand in files than could be read
    in_force: tuple[SettingInForce, ...] = ()  # of the main file
    secrets: frozenset[str] = field(repr=False, default=frozenset())  # to be cut out of logs


def load(path: Path, environ: Mapping[str, str] | None = None) -> Config:
    """The configuration in `path`, the files it includes and the environment. Raises ConfigError with every problem."""
    config, problems = examine(path, environ)
    if config is None or problems:
        raise ConfigError([str(problem) for problem in problems])
    return config


def examine(
    path: Path, environ: Mapping[str, str] | None = None, renames: Sequence[Renamed] | None = None
) -> tuple[Config | None, list[Problem]]:
    """Like `load`, with the problems as data; the configuration is None if it cannot be read at all."""
    found = examine_whole(path, environ, renames)
    return found.config, in_file_order(found.problems, found.readable.files)


@dataclass(frozen=True, slots=True)
class Examined:
    """`readable`: what can be made out, for the sake of further problems; `config`: the same where it could be used."""

    readable: Config
    config: Config | None
    problems: tuple[Problem, ...]


def examine_whole(
    path: Path, environ: Mapping[str, str] | None = None, renames: Sequence[Renamed] | None = None
) -> Examined:
    """All problems of the files, without those of the rules' queries."""
    reading = _Reading(
        path.absolute(), os.environ if environ is None else environ, RENAMES if renames is None else renames
    )
    config, usable = reading.config()
    return Examined(config, config if usable else None, tuple(sorted(set(reading.problems))))


def in_file_order(problems: Iterable[Problem], files: Sequence[str]) -> list[Problem]:
    """Each once, by file as they were read and by line; those of the environment first."""
    places = {name: number for number, name in enumerate(files)}
    return sorted(dict.fromkeys(problems), key=lambda one: (places.get(one.file, -1), one.line))


class _Reading:
    """One pass over all files; problems gather on the way."""

    def __init__(self, path: Path, environ: Mapping[str, str], renames: Sequence[Renamed]) -> None:
        self._path = path
        self._environ = environ
        self._renames = renames
        self._renamed: list[Problem] = []
        self._source_files: dict[str, str] = {}
        self._secrets: set[str] = set()
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []

    def config(self) -> tuple[Config, bool]:
        """What can be made out, and whether that could be used: not where the main file cannot be read at all."""
        main = self._document(self._path, named=False)
        documents = [main, *self._included(main)]
        self._fill_in(documents)
        parsed = [(document, self._parsed(document, first=document is main)) for document in documents]
        files = [(document, tables) for document, tables in parsed if tables is not None]
        found = next((tables for _, tables in files if isinstance(tables, MainFile)), None)
        top = found or MainFile()
        channels = [channel for document, tables in files for channel in self._channels(document, tables, top)]
        self.problems += unique(files)
        some_unread, base = any(document.unread for document in documents), self._path.parent
        accesses = list(self._sources(files))
        aliases = read_aliases(files, base)
        self.problems += aliases.problems
        config = Config(
            path=self._path,
            data_dir=base / top.data_dir,
            server=server_of(top),
            log=LogConfig(top.log.url, self._kafka(main, top, base), top.log.level, top.log.format),
            database=self._database(main, top, base),
            fetch=fetch_of(top.fetch),
            oidc=self._oidc(main, top, base),
            owner_channel=top.alerts.owner_channel or "",
            retention=Retention(**{k.removesuffix("_days"): v for k, v in top.retention.model_dump().items()}),
            sources=tuple({feed_url(one.source.url): one.source for one in reversed(accesses)}.values())[::-1],
            subscriptions=tuple(one.subscription for one in accesses),
            access={one.source.url: one.headers for one in accesses if one.headers},
            source_files=self._source_files,
            aliases=aliases.drafts,
            listed_aliases=aliases.listed,
            term_stamps=aliases.stamps,
            rules=tuple(self._rules(files)),
            channels=tuple(channels),
            routes=tuple(route_of(table) for _, tables in files for table in tables.routes),
            route_places=tuple(route_places(files)),
            other_channels=() if some_unread else tuple(other_channels(files)),
            warnings=tuple(self.warnings),
            renamed=tuple(self._renamed),
            files=(*(document.shown for document in documents), *aliases.files),
            unknown_aliases=names_of_broken_aliases(files) | aliases.without_terms,
            some_unread=some_unread,
            in_force=settings_in_force(main, top),
            secrets=frozenset(secret for secret in self._secrets if len(secret) >= 6),
        )
        self.problems += log_url_problems(main, config.log.url)
        return config, found is not None

    def _fill_in(self, documents: Sequence[Document]) -> None:
        """What the environment says in place of the files, old names by the new ones, and files of secrets."""
        known = (*MainFile.model_fields, *(rename.head() for rename in self._renames))
        self.problems += lay_over(documents, self._environ, known)
        for document in documents:
            applied = apply_renames(document, self._renames)
            self._renamed += applied.notices
            self.problems += [*applied.problems, *fill_in(document, self._environ)]

    def _document(self, path: Path, *, named: bool = True) -> Document:
        shown = os.path.relpath(path, self._path.parent) if path != self._path else path.name
        document, problems = read_document(path, shown, named=named)
        self.problems += problems
        return document

    def _included(self, main: Document) -> list[Document]:
        patterns = main.data.get("include", [])
        if not isinstance(patterns, list):
            return []  # checking the file reports it
        paths: dict[Path, None] = {}
        for index, pattern in enumerate(patterns):
            if not isinstance(pattern, str) or not pattern or Path(pattern).is_absolute():
                self.problems.append(
                    main.problem(("include", index), "expected a path or pattern relative to this file")
                )
                continue
            found = sorted(self._path.parent.glob(pattern))
            if not found and any(sign in pattern for sign in "*?["):
                self.warnings.append(main.problem(("include", index), f"no file is like {pattern}"))
            elif not found:
                others = sorted(str(one.relative_to(self._path.parent)) for one in self._path.parent.glob("*/*.toml"))
                message = f"there is no file {pattern}{nearest(pattern, others)}"
                self.problems.append(main.problem(("include", index), message))
            for folder in (one for one in found if one.is_dir()):
                message = f"{folder.name} is a folder; for the files in it write {folder.name}/*.toml"
                self.problems.append(main.problem(("include", index), message))
            paths |= dict.fromkeys(path for path in found if path != self._path and not path.is_dir())
        return [self._document(path) for path in paths]

    def _parsed(self, document: Document, *, first: bool) -> IncludedFile | None:
        if document.unread:
            return None  # told; anything else would be said of a file that nobody could read
        tables, problems = read_tables(document, MainFile if first else IncludedFile)
        self.problems += problems
        return tables

    def _sources(self, files: Iterable[tuple[Document, IncludedFile]]) -> Iterable[SourceAccess]:
        for document, tables in files:
            for index, table in enumerate(tables.sources):
                place: KeyPath = ("sources", index, "password_file")
                read = partial(self._secret_file, document, place, document.path.parent)
                access = source_access(table, read)
                self._secrets |= access.secrets
                if not table.paused:
                    self._source_files.setdefault(access.source.url, document.shown)
                    yield access

    def _rules(self, files: Iterable[tuple[Document, IncludedFile]]) -> Iterable[RuleConfig]:
        for document, tables in files:
            for index, table in enumerate(tables.rules):
                read, problems = rule_tables(document, index, table)
                self.problems += problems
                if (table.query is not None or watches_source(table)) and not document.is_told(
                    ("rules", index, "query")
                ):
                    yield rule_config(document, index, table, read)

    def _channels(self, document: Document, tables: IncludedFile, top: MainFile) -> list[ChannelConfig]:
        channels: list[ChannelConfig] = []
        if not tables.channels:
            return channels
        from alerts.channels.registry import channel_settings  # noqa: PLC0415 - what all kinds need is only loaded for one
        from wirewatch.config.surroundings import surroundings  # noqa: PLC0415 - the same

        for index, raw in enumerate(tables.channels):
            where: KeyPath = ("channels", index)
            team = self._team(document, where, raw)
            try:
                settings = channel_settings({k: v for k, v in raw.items() if k != "team"}, where=dotted(where))
            except ConfigError as error:
                found = [(channel_path(where, text), text.partition(": ")[2]) for text in error.problems]
                self.problems += [document.problem(*one) for one in found if not document.is_told(one[0])]
                continue
            if unfit := settings.unfit(surroundings(top.log.url, allow_exec=top.server.allow_exec)):
                self.problems.append(document.problem((*where, unfit[0]), unfit[1]))
            self._gather(settings, document, where)
            channels.append(ChannelConfig(settings, document.path.parent, document.shown, team))
        return channels

    def _team(self, document: Document, where: KeyPath, raw: Mapping[str, Any]) -> str:
        team = raw.get("team", DEFAULT_TEAM)
        try:
            return a_name(team if isinstance(team, str) else "")
        except ValueError as error:
            self.problems.append(document.problem((*where, "team"), str(error)))
            return DEFAULT_TEAM

    def _gather(self, settings: ChannelSettings, document: Document, where: KeyPath) -> None:
        """Remember a channel's secrets, and see that its files can be read and used."""
        from alerts.channels.secret_places import files_of, given_secrets, secrets_in_file  # noqa: PLC0415 - as above

        unread = len(self.problems)
        self._secrets |= given_secrets(settings)
        for place, name in files_of(settings):
            text = self._file(document, (*where, *place), document.path.parent, name)
            self._secrets |= secrets_in_file(settings, place, text or "")
        if len(self.problems) > unread:
            return
        try:
            settings.check_files(document.path.parent)
        except ConfigError as error:
            for text in error.problems:  # "channel desk: url_file: ..."
                key, _, message = text.removeprefix(f"channel {settings.name}: ").partition(": ")
                self.problems.append(document.problem((*where, key), message))

    def _secret_file(self, document: Document, path: KeyPath, base: Path, name: str) -> str | None:
        secret = self._file(document, path, base, name)
        self._secrets |= {secret, *secret.split()} if secret is not None else set()
        return secret

    def _file(self, document: Document, path: KeyPath, base: Path, name: str) -> str | None:
        try:
            return read_named(base / name).decode().strip()
        except (OSError, UnicodeDecodeError) as error:
            self.problems.append(document.problem(path, f"the file {name} cannot be read: {reason(error)}"))
            return None

    def _kafka(self, main: Document, top: MainFile, base: Path) -> KafkaOptions:
        section = top.log.kafka
        password = None if section.sasl_password is None else section.sasl_password.get_secret_value()
        if section.sasl_password_file is not None:
            place = ("log", "kafka", "sasl_password_file")
            password = self._secret_file(main, place, base, section.sasl_password_file)
        if password:
            self._secrets.add(password)
        plain = section.model_dump(exclude={"sasl_password", "sasl_password_file"})
        for key in ("ca_file", "cert_file", "key_file"):
            if plain[key] is not None:
                plain[key] = str(base / plain[key])
                if not Path(plain[key]).is_file():
                    self.problems.append(main.problem(("log", "kafka", key), "there is no such file"))
        return KafkaOptions(**plain, sasl_password=password)

    def _database(self, main: Document, top: MainFile, base: Path) -> DatabaseConfig:
        section = top.database
        url: str | None = "sqlite:" if section.url is None else section.url.get_secret_value()
        if section.url_file is not None:
            url = self._secret_file(main, ("database", "url_file"), base, section.url_file)
        scheme, _, rest = (url or "").partition(":")
        if url is not None and scheme not in ("sqlite", "postgresql", "postgres"):
            message = 'expected "sqlite:" or "postgresql://user@host/name"'
            self.problems.append(main.problem(("database", "url"), message))
        user, at, _ = rest.removeprefix("//").rpartition("@")
        if at and ":" in user:
            self._secrets |= {user.partition(":")[2], url or ""}
        return DatabaseConfig(url or "")

    def _oidc(self, main: Document, top: MainFile, base: Path) -> OidcConfig | None:
        section = top.oidc
        if section is None:
            return None
        secret = None if section.client_secret is None else section.client_secret.get_secret_value()
        if section.client_secret_file is not None:
            secret = self._secret_file(main, ("oidc", "client_secret_file"), base, section.client_secret_file)
        if secret:
            self._secrets.add(secret)
        if server_of(top).lacks_public_url:
            message = "set server.public_url to the address that people use: the provider sends them back to it"
            self.problems.append(main.problem(("oidc", "issuer"), message))
        return oidc_of(section, secret)


def rule_config(document: Document, index: int, table: RuleTable, read: Mapping[str, Any]) -> RuleConfig:
    """A rule of a file, with the tables of `rule_tables` read."""

    def place(key: str, message: str) -> Problem:
        return document.problem(("rules", index, key), message)

    return RuleConfig(
        name="" if document.is_told(("rules", index, "name")) else table.name,
        key=table.id,
        team=table.team,
        query=table.query or "",
        settings=rule_settings(table, read),
        comment=table.comment,
        place=place,
    )
