"""What tests stand on: bodies by slug, ports that are watched, lines, cameras that lie."""
