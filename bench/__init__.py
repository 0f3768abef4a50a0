"""`make bench`: canon-remote against gphoto2 on the same virtual camera, see docs/performance.md."""
