"""The deliver stage: the outbox, sent."""
