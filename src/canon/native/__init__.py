"""Canon's native protocol ("normal mode"): its messages, its links, its session and its driver."""
