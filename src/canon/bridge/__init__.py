"""Other people's USB programs on a virtual camera, with no USB in the kernel."""
