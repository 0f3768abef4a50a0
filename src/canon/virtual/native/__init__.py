"""Virtual bodies that speak Canon's native protocol, over USB and over RS-232."""
