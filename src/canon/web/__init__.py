"""The web app: one page and one HTTP API for all cameras.

`serve` runs it, `app` puts it together out of the table in `endpoints`. Each camera is a `Station`:
one thread, one queue of jobs, and what is known of it in memory; no request waits for a camera to
tell what it knows already. `news` tells every page what changes, `live` shows every looker the
newest frame, and `doors` says who may come in.
"""
