"""Canon's EOS extension of PTP: layouts, and the records in which an EOS tells of itself."""
