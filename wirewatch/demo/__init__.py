"""A newsroom, a receiver and six rules of our own writing."""
