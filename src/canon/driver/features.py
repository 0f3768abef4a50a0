"""What a camera can do, by name."""

from __future__ import annotations

from enum import StrEnum


class Feature(StrEnum):
    """Something that some bodies can do and others cannot; it compares with its name."""

    REMOTE = "remote"
    """Remote control: settings, and most of what follows up to custom functions."""
    SHOOT = "shoot"
    """Taking pictures."""
    FOCUS_LOCK = "focus-lock"
    ZOOM = "zoom"
    LIVE = "live"
    """Live view."""
    CUSTOM_FUNCTIONS = "custom-functions"
    UPLOAD = "upload"
    """Files go to the card."""
    DELETE = "delete"
    FOLDERS = "folders"
    """Folders can be made and removed."""
    PROTECT = "protect"
    MARKS = "marks"
    """Files are marked as new until they are downloaded, and the mark can be set."""
    FILE_TIMES = "file-times"
    """The time of a file can be set."""
    RANGES = "ranges"
    """Parts of a file can be read without the rest."""
    OWNER = "owner"
    CLOCK = "clock"
    POWER = "power"
    BODY_ID = "body-id"
    SIZES = "sizes"
    """It lists the sizes of picture that it can take."""
