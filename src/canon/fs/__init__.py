"""A card as a file system of somebody else's: fsspec's, and the paths that stand on it."""
