"""The PTP dialect: the picture transfer protocol, and Canon's PowerShot extension of it."""
