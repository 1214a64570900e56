"""Who manages a stored rule, alias, channel, source or subscription, as its column `origin` says it."""

FILE = "file"  # managed as code: its file decides
DB = "db"  # added by a command
