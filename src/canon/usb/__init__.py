"""USB as the host sees it: what a port is, and the ways to reach one."""
