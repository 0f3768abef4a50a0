"""The pictures of virtual cameras: the scene, and the files that it becomes."""
