"""What is done with a rule apart from the pipeline: preview, replay, health, differences, translation."""
