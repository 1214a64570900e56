"""What becomes of a match; pure, one decision a file."""
