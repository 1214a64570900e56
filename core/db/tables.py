"""The schema, one for both databases: what is polled, read and known of articles. `tables_alerts.py`, `tables_channels.py` and `tables_people.py` have the rest.

Ids (core/model/ids.py) are primary keys; records are kept as the bytes of core/model/codec.py
beside the columns that statements need.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    text,
)

from core.db.types import Instant, Json, Number, WebText

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def leased_index() -> Index:
    """Of a table whose rows are leased: an owner renews and gives back its few among many."""
    held = text("lease_owner IS NOT NULL")
    return Index(None, "lease_owner", sqlite_where=held, postgresql_where=held)


sources = Table(
    "sources",
    metadata,
    Column("source_id", WebText, primary_key=True),
    Column("name", WebText, nullable=False),
    Column("url", WebText, nullable=False),
    Column("origin", Text, nullable=False),  # file | db
    Column("enabled", Boolean, nullable=False),
    Column("record", LargeBinary, nullable=False),  # Source
    Column("created", Instant, nullable=False),
    Column("next_poll", Instant, nullable=False),
    Column("lease_owner", Text),
    Column("lease_until", Instant),
    Column("etag", WebText),
    Column("last_modified", WebText),
    Column("body_hash", Text),
    Column("interval_seconds", Float),
    Column("last_attempt", Instant),
    Column("last_success", Instant),
    Column("last_new", Instant),
    Column("failures", Integer, nullable=False),
    Column("outcome", Text),  # PollOutcome
    Column("error", WebText),
    Column("entries_seen_total", BigInteger, nullable=False),
    Column("full_get_at", Instant),
    Column("memory", Json, nullable=False),  # what the schedule remembers between polls
    Column("url_key", Text),  # of the address; NULL: the id is it, of a row that an older process wrote
    Column("stale_at", Instant),  # when it is stale, if nothing new comes until then
    Column("paused_at", Instant),  # when somebody paused it; one that is not enabled for another reason has none
    Column("paused_by", WebText),
    Column("rhythm", Json),  # what its polls brought by the hour and by the day, and how late
    Index(None, "enabled", "next_poll"),
    Index(None, "enabled", "failures"),
    Index(None, "enabled", "last_attempt"),
    Index(None, "enabled", "stale_at"),
    Index(None, "enabled", "interval_seconds", "failures"),
    Index(None, "name"),
    Index("uq_sources_url_key", "url_key", unique=True),
    leased_index(),
)

# Which teams read a source; its feed is polled once for all of them.
subscriptions = Table(
    "subscriptions",
    metadata,
    Column("team_id", Text, primary_key=True),
    Column("source_id", Text, ForeignKey("sources.source_id", ondelete="CASCADE"), primary_key=True),
    Column("name", WebText, nullable=False),
    Column("origin", Text, nullable=False),  # file | db
    Column("created", Instant, nullable=False),
    Index(None, "source_id"),
    sqlite_with_rowid=False,
)

# The tags of a source's record, to find it by.
source_tags = Table(
    "source_tags",
    metadata,
    Column("tag", WebText, primary_key=True),
    Column("source_id", Text, ForeignKey("sources.source_id", ondelete="CASCADE"), primary_key=True),
    Index(None, "source_id"),
    sqlite_with_rowid=False,
)

# What was found on the site of a source whose address answered no poll yet.
source_searches = Table(
    "source_searches",
    metadata,
    Column("source_id", Text, ForeignKey("sources.source_id", ondelete="CASCADE"), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("found", Json, nullable=False),
    sqlite_with_rowid=False,
)

hosts = Table(
    "hosts",
    metadata,
    Column("host", WebText, primary_key=True),
    Column("not_before", Instant, nullable=False),
)

# What the pages of a host share, as the articles of each source showed it; it is learned anew where it is lost.
host_patterns = Table(
    "host_patterns",
    metadata,
    Column("host", WebText, primary_key=True),
    Column("source_id", Text, primary_key=True),
    Column("memory", Json, nullable=False),
    Column("changed", Instant, nullable=False),
    Index(None, "source_id"),
    Index(None, "changed"),
)

# Pages as they came, compressed, to be read again with a better reader.
raw_pages = Table(
    "raw_pages",
    metadata,
    Column("article_id", Text, primary_key=True),
    Column("source_id", Text, nullable=False),
    Column("revision", Text, nullable=False),  # of the article as it was read last
    Column("url", WebText, nullable=False),
    Column("content_type", WebText, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("record", LargeBinary, nullable=False),  # Entry
    Column("fetched", Instant, nullable=False),
    Column("again_at", Instant),  # when somebody asked for it to be read again
    Column("lease_owner", Text),
    Column("lease_until", Instant),
    Index(None, "fetched"),
    Index(None, "source_id", "fetched"),
    Index(None, "again_at", sqlite_where=text("again_at IS NOT NULL"), postgresql_where=text("again_at IS NOT NULL")),
    leased_index(),
)

# Entries that could not be read yet, until they are asked for again.
put_aside = Table(
    "put_aside",
    metadata,
    Column("entry_id", Text, primary_key=True),
    Column("source_id", Text, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("since", Instant, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("reason", Text, nullable=False),  # ArticleOutcome or empty
    Column("record", LargeBinary, nullable=False),  # Entry
    Column("lease_owner", Text),
    Column("lease_until", Instant),
    Column("told_article", Text),  # the article that it was told as meanwhile, and its revision
    Column("told_revision", Text),
    Index(None, "due_at"),
    leased_index(),
    Index(None, "source_id"),
)

# What of a feed is known already. Clustered by its key: one range read a poll, no second tree.
entries = Table(
    "entries",
    metadata,
    Column("source_id", Text, ForeignKey("sources.source_id", ondelete="CASCADE"), primary_key=True),
    Column("entry_id", Text, primary_key=True),
    Column("last_seen", Instant, nullable=False),
    Index(None, "last_seen"),
    sqlite_with_rowid=False,
)

# `number` grows with every stored article and is never reused: it is the cursor of pages and the row of the word index,
# `article_words` (FTS5 on SQLite, tsvector on PostgreSQL), which each dialect makes in its own words in the migration.
articles = Table(
    "articles",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("article_id", Text, nullable=False),
    Column("revision", Text, nullable=False),  # of its title and text: an edit takes the place of what it edits
    Column("url_id", Text, nullable=False),  # derived from `url`, because a URL may be longer than an index takes
    Column("story_id", Text, nullable=False),
    Column("source_id", Text, nullable=False),
    Column("accepted", Instant, nullable=False),
    Column("record", LargeBinary, nullable=False),  # StoryArticle
    Column(
        "facts", Integer
    ),  # the version of core.store.facts that it is indexed with; NULL: none, an older process wrote it
    Column("folding", Integer),  # the version of core.text.fold that its words are indexed with; NULL: an earlier one
    Index(None, "article_id", unique=True),
    Index(None, "number", sqlite_where=text("facts IS NULL"), postgresql_where=text("facts IS NULL")),
    Index(
        "ix_articles_folded_before",
        "number",
        sqlite_where=text("folding IS NULL"),
        postgresql_where=text("folding IS NULL"),
    ),
    Index(None, "url_id"),
    Index(None, "story_id"),
    Index(None, "accepted", "number"),
    Index(None, "source_id", "accepted"),  # a source's newest
    sqlite_autoincrement=True,
)

# What an article was before it was edited.
article_revisions = Table(
    "article_revisions",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),  # that it had in `articles`
    Column("article_id", Text, nullable=False),
    Column("accepted", Instant, nullable=False),
    Column("record", LargeBinary, nullable=False),  # StoryArticle
    Index(None, "article_id", "number"),
    Index(None, "accepted"),
)

# Articles that were pushed, in the revision of their last push.
pushes = Table(
    "pushes",
    metadata,
    Column("article_id", Text, primary_key=True),
    Column("revision", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "at"),
)

# Stories of two articles or more, counted as they come.
stories = Table(
    "stories",
    metadata,
    Column("story_id", Text, primary_key=True),
    Column("first", Instant, nullable=False),
    Column("last", Instant, nullable=False),  # when the newest article was accepted
    Column("articles", Integer, nullable=False),
    Column("outlets", Integer, nullable=False),
    Column("pace", Float, nullable=False),  # see core.store.stories
    Column("lang", Text),  # of its first article
    Column("country", Text),
    Index(None, "first", "story_id"),
    Index(None, "last"),
    Index(None, "outlets", "last"),
    Index(None, "pace"),
)

story_outlets = Table(
    "story_outlets",
    metadata,
    Column("story_id", Text, ForeignKey("stories.story_id", ondelete="CASCADE"), primary_key=True),
    Column("source_id", Text, primary_key=True),
    sqlite_with_rowid=False,
)

# `detail_key` is a hash of the detail: a repeat of the same news about the same subject changes nothing.
traces = Table(
    "traces",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("stage", Text, primary_key=True),
    Column("outcome", Text, primary_key=True),
    Column("detail_key", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("detail", WebText, nullable=False),
    Column("article_id", Text),
    Index(None, "article_id"),
    Index(None, "at"),
    sqlite_with_rowid=False,
)

dead_letters = Table(
    "dead_letters",
    metadata,
    Column("letter_id", WebText, primary_key=True),
    Column("stage", Text),
    Column("topic", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("subject", WebText, nullable=False),
    Column("at", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("changed", Instant, nullable=False),
    Column("lease_owner", Text),  # who puts it back on its topic
    Column("lease_until", Instant),
    Column("record", LargeBinary, nullable=False),  # DeadLetter
    Index(None, "at"),
    Index(None, "state", "at"),
)

kv = Table(
    "kv",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),  # JSON
)

audit = Table(
    "audit",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("actor", WebText, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", WebText, nullable=False),
    Column("detail", Json, nullable=False),
    Column("team_id", Text, nullable=False, server_default="default"),
    Column("address", WebText),  # from where
    Column("before", Json),
    Column("after", Json),
    Index(None, "subject", "at"),
    Index(None, "actor", "at"),
    Index(None, "action", "at"),
    Index(None, "at"),
    sqlite_autoincrement=True,
)
