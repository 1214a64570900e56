"""A feed's body becomes new entries: polled, pushed or handed in, it is taken in the same way."""
