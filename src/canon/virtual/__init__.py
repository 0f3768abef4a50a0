"""Virtual cameras: bodies that answer as the real ones do, to us and to other people's programs."""
