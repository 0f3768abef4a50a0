"""The bodies that speak Canon's native protocol (canon-native-usb, section 1)."""

from __future__ import annotations

from canon.models.model import Feature, Model, Numbering, Quirk

MODELS = (
    Model(
        "PowerShot G3",
        0x306E,
        Numbering.CLASSIC,
        Feature.LOCK_KEYS | Feature.ABILITIES | Feature.RELEASE,
        Quirk.CAPACITY_IN_KIB,
    ),
)

GENERIC = Model("camera", 0, Numbering.CLASSIC, Feature.NONE)
"""A body that no row tells of: it is asked for nothing that could hurt."""


def by_product(product: int) -> Model:
    """The row of a USB product id, or the careful generic one."""
    return next((model for model in MODELS if model.product == product), GENERIC)


def by_slug(slug: str) -> Model | None:
    """The row whose name is written "powershot-g3", or None."""
    return next((model for model in MODELS if model.slug == slug), None)
