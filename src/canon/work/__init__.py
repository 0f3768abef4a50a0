"""What people sit down to do with an open camera; it gives events, and prints nothing."""
