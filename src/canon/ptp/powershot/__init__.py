"""Canon's PowerShot extension of PTP: layouts, codes of settings, and release control."""
