"""One conversation with a PTP camera (being built)."""
