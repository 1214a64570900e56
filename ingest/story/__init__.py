"""The story stage: which story an article belongs to. All but the stage is pure."""
