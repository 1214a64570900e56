"""The poll stage: which source is due, and what its feed says; schedule, budget and health of sources."""
