"""Virtual bodies that speak PTP, with Canon's PowerShot extension."""
