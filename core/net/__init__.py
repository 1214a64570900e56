"""Guarded access to the network."""
