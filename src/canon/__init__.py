"""Drive Canon cameras over USB: find one, read its card, change its settings, take pictures."""
