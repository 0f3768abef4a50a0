"""The protocol of the PowerShot 350, over RS-232: the oldest one (docs/protocol/ps350.md)."""
