"""How Sphinx builds the pages: `make docs`."""

from importlib.metadata import version as version_of

project = "canon-remote"
author = "the canon-remote authors"
copyright = "2026, the canon-remote authors"
version = release = version_of("canon-remote")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
myst_heading_anchors = 3

default_role = "code"
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_type_aliases = {  # names that the verbs of a driver have, too
    "CustomFunctions": "canon.camera.custom.CustomFunctions",
    "Focus": "canon.camera.focus.Focus",
    "Live": "canon.camera.live.Live",
    "Movie": "canon.camera.movie.Movie",
    "Zoom": "canon.camera.zoom.Zoom",
}

html_theme = "furo"
html_title = f"canon-remote {release}"
