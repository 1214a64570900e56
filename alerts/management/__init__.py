"""Work on rules outside the pipeline: preview, replay, health, diff, translation."""
