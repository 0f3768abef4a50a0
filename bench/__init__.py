"""`make bench`: canon-remote beside gphoto2, on the same virtual camera (docs/performance.md)."""
