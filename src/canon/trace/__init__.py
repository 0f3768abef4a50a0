"""Recordings of USB conversations: written, read, and told in words."""
