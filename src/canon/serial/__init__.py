"""RS-232: the line, its frames, and the packets in them."""
