"""The marks that both of Canon's extensions put on a file, in their listings and to set them."""

FOLDER, NEW, PROTECTED = 0x10, 0x20, 0x01
"""It is a folder; nobody has fetched it yet; it is not deleted."""
