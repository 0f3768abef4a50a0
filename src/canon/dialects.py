"""From a way to a camera to its driver: the one place that knows every dialect.

The way tells what is spoken there: a line, or the class of a USB interface; never a product id.
Each dialect is imported when it is spoken, not before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from canon.driver import Driver
from canon.errors import NotSupported
from canon.ports import OnLine, Way
from canon.usb.port import CANON, NATIVE, PTP, Port

if TYPE_CHECKING:
    from canon.models.ptp import PtpModel
    from canon.ptp.extension import Extension
    from canon.ptp.properties import Properties
    from canon.ptp.session import Session as PtpSession


_EOS = {0x9114, 0x9116}  # SetRemoteMode and GetEvent (canon-eos-ptp, section 1)


def driver_for(way: Way) -> Driver:
    """The driver of the dialect that is spoken there.

    Raises:
        NotSupported: nobody here speaks it.
    """
    if isinstance(way, OnLine):
        return _on_line(way)
    if way.descriptors.interface == NATIVE:
        return _native(way)
    if way.descriptors.interface == PTP:
        return _ptp(way)
    spoken = "/".join(f"{part:02x}" for part in way.descriptors.interface)
    raise NotSupported(
        way.descriptors.product_name or "camera",
        f"interface that we know (its class is {spoken})",
        "switch it to its normal mode, or to PTP",
    )


def extension_of(session: PtpSession, listed: Properties, model: PtpModel) -> Extension:
    """What the maker of a PTP camera added, by what the camera says of itself."""
    from canon.ptp.extension import Standard

    named = "canon" in session.info.manufacturer.lower()
    if named or session.vendor == CANON:
        if set(session.info.operations) >= _EOS:
            from canon.ptp.eos.extension import EosExtension

            return EosExtension(session, listed, model)
        from canon.ptp.powershot.extension import PowerShot

        return PowerShot(session, listed, model)
    return Standard(session, listed)


def _on_line(way: OnLine) -> Driver:
    if way.model is not None:
        from canon.ps350 import session
        from canon.ps350.driver import Ps350Driver

        return Ps350Driver(session.Session(way.line, way.speed), way.model)
    from canon.native.driver import NativeDriver
    from canon.native.serial_link import SerialLink
    from canon.native.session import Session

    return NativeDriver(Session(SerialLink(way.line, way.speed)))


def _native(port: Port) -> Driver:
    from canon.models.native import by_product
    from canon.native.driver import NativeDriver
    from canon.native.session import Session
    from canon.native.usb_link import UsbLink

    return NativeDriver(Session(UsbLink(port, by_product(port.descriptors.product))))


def _ptp(port: Port) -> Driver:
    from canon.models.ptp import GENERIC, by_product
    from canon.ptp.driver import PtpDriver
    from canon.ptp.session import Session
    from canon.ptp.usb_transport import UsbTransport

    about = port.descriptors
    model = by_product(about.product) if about.vendor == CANON else GENERIC
    return PtpDriver(Session(UsbTransport(port)), model, extension_of)
