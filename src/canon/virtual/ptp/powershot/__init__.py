"""What a virtual PowerShot in PTP does beyond the standard."""
