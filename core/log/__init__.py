"""The event log: one promise, three engines, one consume loop."""
