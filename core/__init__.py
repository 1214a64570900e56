"""The base of all parts of wirewatch: records, log, database, network, text."""
