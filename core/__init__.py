"""What every part of wirewatch stands on: records, log, database, network, text."""
