"""The bodies that speak PTP, one row each: what they are called, and where they are odd.

The ids and quirks are those that libgphoto2 drives (ptp-core, sections 2 and 5.3). What its table
says that a body can is a claim; where owners saw something else, the row follows them. A row says
little, because a PTP camera says much of itself: its operations tell whether it is a PowerShot with
release control, one that only gives its files, or an EOS. 28 ids stand in the native table too:
the interface by which the camera was reached decides which table holds.
"""

from __future__ import annotations

import enum
from typing import ClassVar

from canon.frozen import Frozen
from canon.models.model import GPHOTO2, BodyKind, DrivenBy, is_called, slug_of


class PtpQuirk(enum.Flag):
    """Where a body is odd."""

    NONE = 0
    DELETE_SENDS_EVENT = enum.auto()
    """It tells of a file that the host itself deleted: take that ObjectRemoved (section 5.3)."""
    KEEP_SESSION_OPEN = enum.auto()
    """After CloseSession it refuses everything until it is plugged in again: send none."""
    STRAY_PRESS = enum.auto()
    """It sends SettingsChangedOnCamera with a release, which gphoto2 takes for a press (5.1)."""
    TAKES_UNKNOWN = enum.auto()
    """It says that all is well when a property is written that it does not have."""
    KEEPS_AUTO_POWER_OFF = enum.auto()
    """It is busy whenever its time of switching itself off is written."""
    NO_FULL_PRESS = enum.auto()
    """It is busy whenever its button is pressed fully from the host."""
    LONG_NAMES = enum.auto()
    """It tells of pictures in its memory by C1B8, with names that may be long or missing."""
    NO_LISTING = enum.auto()
    """It lists GetObjectInfoEx, and refuses it always."""
    ZOOMS_TO_FIVE = enum.auto()
    """Its live view is enlarged five times at most."""
    HIDES_RELEASE = enum.auto()
    """It lists the operations of its button only in remote control."""
    WANTS_LISTING = enum.auto()
    """It hangs in a later release unless the folders of its cards were listed before."""
    SCREEN_STAYS_OFF = enum.auto()
    """It takes pictures with its screen off, though it is opened as an EOS M is."""
    MOVIE_VIEW = enum.auto()
    """Its live view is that of movies, and stays so."""


class PtpTrait(enum.Flag):
    """What an EOS does not list, or not before remote control, and is known to have."""

    NONE = 0
    LIKE_M = enum.auto()
    """It is opened as an EOS M is, and lists more operations then (canon-eos-ptp, section 1)."""
    POWER_ZOOM = enum.auto()
    """A motor moves its zoom."""
    MOVIE = enum.auto()
    """It records movies, and lists no operation that switches to them."""
    FULL_FRAME = enum.auto()
    """Its sensor has 36 by 24 mm; without a trait that of an EOS has 22.3 by 14.9."""
    APS_H = enum.auto()
    """Its sensor has 28.1 by 18.7 mm."""


class PtpModel(Frozen):
    """One row of facts about one body in its PTP mode.

    Attributes:
        name: the name that it reports, without "Canon "; the native row's, where it has one; with
            its year where another body has that name.
        product: its USB product id.
        quirks: where it is odd.
        driven_by: who drives it in this protocol, and how far.
        kind: what kind of camera it is.
        traits: what it has and does not list.
        remote_modes: the modes that remote control is entered by, one after the other, where they
            are not those of its kind (canon-eos-ptp, section 3.1).
        dialect: what it speaks.
    """

    dialect: ClassVar[str] = "ptp"
    name: str
    product: int
    quirks: PtpQuirk
    driven_by: DrivenBy = GPHOTO2
    kind: BodyKind = BodyKind.COMPACT
    traits: PtpTrait = PtpTrait.NONE
    remote_modes: tuple[int, ...] = ()

    @property
    def slug(self) -> str:
        """The name as it stands in a port string: "powershot-sx200-is"."""
        return slug_of(self.name)

    @property
    def one_slot(self) -> bool:
        """Whether it takes one card at a time, as all do but some EOS and bodies nobody knows."""
        return self.kind in (BodyKind.COMPACT, BodyKind.CAMCORDER)


NONE = PtpQuirk.NONE
EVENT, OPEN = PtpQuirk.DELETE_SENDS_EVENT, PtpQuirk.KEEP_SESSION_OPEN
UNKNOWN, POWER = PtpQuirk.TAKES_UNKNOWN, PtpQuirk.KEEPS_AUTO_POWER_OFF
NO_PRESS, LONG = PtpQuirk.NO_FULL_PRESS, PtpQuirk.LONG_NAMES
NO_LIST, FIVE, HIDES = PtpQuirk.NO_LISTING, PtpQuirk.ZOOMS_TO_FIVE, PtpQuirk.HIDES_RELEASE
LISTING, SCREEN = PtpQuirk.WANTS_LISTING, PtpQuirk.SCREEN_STAYS_OFF
MOVIE_VIEW = PtpQuirk.MOVIE_VIEW
LIKE_M, MOVIE = PtpTrait.LIKE_M, PtpTrait.MOVIE
FULL, APS_H = PtpTrait.FULL_FRAME, PtpTrait.APS_H
ZOOMS = PtpTrait.LIKE_M | PtpTrait.POWER_ZOOM
SHOOTS = DrivenBy("gphoto2", ("release",))
NATIVELY = DrivenBy(why_not="gphoto2 drives it by the native protocol")
LIVE = DrivenBy("gphoto2", ("release", "viewfinder"))
OF_S230 = DrivenBy("gphoto2", owners="files only: gphoto/gphoto2#364")
OF_A460 = DrivenBy("gphoto2", owners="files only, in playback only: gphoto/libgphoto2#318")
EOS, CAMCORDER = BodyKind.EOS, BodyKind.CAMCORDER

MODELS = (
    PtpModel("PowerShot S45", 0x306D, EVENT),
    PtpModel("PowerShot G3", 0x306F, EVENT, LIVE),
    PtpModel("PowerShot S230", 0x3071, EVENT, OF_S230),
    PtpModel("Digital IXUS v3", 0x3071, EVENT, OF_S230),
    PtpModel("Digital IXUS II", 0x3072, EVENT, LIVE),
    PtpModel("PowerShot SD100", 0x3072, EVENT, LIVE),
    PtpModel("PowerShot A70", 0x3073, EVENT, LIVE),
    PtpModel("PowerShot A60", 0x3074, EVENT, LIVE),
    PtpModel("Digital IXUS 400", 0x3075, EVENT, LIVE),
    PtpModel("PowerShot S400", 0x3075, EVENT, LIVE),
    PtpModel("PowerShot A300", 0x3076, EVENT, LIVE),
    PtpModel("PowerShot S50", 0x3077, EVENT, LIVE),
    PtpModel("PowerShot G5", 0x3085, EVENT, LIVE),
    PtpModel("Elura 50", 0x3087, EVENT, kind=CAMCORDER),
    PtpModel("MVX 3i", 0x308D, EVENT, kind=CAMCORDER),
    PtpModel("EOS 300D", 0x3099, NONE, kind=EOS),
    PtpModel("EOS Digital Rebel", 0x3099, NONE, kind=EOS),
    PtpModel("EOS Kiss Digital", 0x3099, NONE, kind=EOS),
    PtpModel("PowerShot A80", 0x309A, EVENT, LIVE),
    PtpModel("Digital IXUS i", 0x309B, EVENT),
    PtpModel("PowerShot S1 IS", 0x309C, EVENT, LIVE),
    PtpModel("MV750i", 0x30A0, EVENT, kind=CAMCORDER),
    PtpModel("Elura 65", 0x30A5, EVENT, kind=CAMCORDER),
    PtpModel("PowerShot S70", 0x30B1, EVENT, LIVE),
    PtpModel("PowerShot S60", 0x30B2, EVENT, LIVE),
    PtpModel("PowerShot G6", 0x30B3, EVENT, LIVE),
    PtpModel("Digital IXUS 500", 0x30B4, EVENT, LIVE),
    PtpModel("PowerShot S500 Digital ELPH", 0x30B4, EVENT, LIVE),
    PtpModel("PowerShot A75", 0x30B5, EVENT, LIVE),
    PtpModel("PowerShot SD110 Digital ELPH", 0x30B6, EVENT, LIVE),
    PtpModel("Digital IXUS IIs", 0x30B6, EVENT, LIVE),
    PtpModel("PowerShot A400", 0x30B7, EVENT, LIVE),
    PtpModel("PowerShot A310", 0x30B8, EVENT, LIVE),
    PtpModel("PowerShot A85", 0x30B9, EVENT, LIVE),
    PtpModel("Digital IXUS 430", 0x30BA, EVENT, LIVE),
    PtpModel("PowerShot S410 Digital ELPH", 0x30BA, EVENT, LIVE),
    PtpModel("PowerShot A95", 0x30BB, EVENT, LIVE),
    PtpModel("EOS 10D", 0x30BC, EVENT, kind=EOS),
    PtpModel("Digital IXUS 40", 0x30BF, EVENT),
    PtpModel("PowerShot SD200", 0x30C0, EVENT, NATIVELY),
    PtpModel("Digital IXUS 30", 0x30C0, EVENT, NATIVELY),
    PtpModel("PowerShot A520", 0x30C1, EVENT, LIVE),
    PtpModel("PowerShot A510", 0x30C2, EVENT, LIVE),
    PtpModel("EOS-1D Mark II", 0x30EA, NONE, kind=EOS, traits=APS_H),
    PtpModel("EOS 20D", 0x30EC, NONE, kind=EOS),
    PtpModel("EOS 350D", 0x30EE, NONE, kind=EOS),
    PtpModel("EOS 350D", 0x30EF, NONE, kind=EOS),
    PtpModel("PowerShot S2 IS", 0x30F0, EVENT, LIVE),
    PtpModel("PowerShot SD430", 0x30F1, EVENT),
    PtpModel("Digital IXUS Wireless", 0x30F1, EVENT),
    PtpModel("Digital IXUS 700", 0x30F2, EVENT),
    PtpModel("PowerShot SD500", 0x30F2, EVENT, LIVE),
    PtpModel("Digital IXUS iZ", 0x30F4, EVENT),
    PtpModel("PowerShot A430", 0x30F8, EVENT),
    PtpModel("PowerShot A410", 0x30F9, EVENT),
    PtpModel("PowerShot S80", 0x30FA, EVENT, LIVE),
    PtpModel("PowerShot A620", 0x30FC, EVENT, LIVE),
    PtpModel("PowerShot A610", 0x30FD, EVENT),
    PtpModel("PowerShot SD630", 0x30FE, EVENT),
    PtpModel("Digital IXUS 65", 0x30FE, EVENT),
    PtpModel("Digital IXUS 55", 0x30FF, NONE),
    PtpModel("PowerShot SD450", 0x30FF, NONE),
    PtpModel("EOS 5D", 0x3102, NONE, kind=EOS, traits=FULL),
    PtpModel("Optura 600", 0x3105, NONE, kind=CAMCORDER),
    PtpModel("Digital IXUS 50", 0x310E, EVENT),
    PtpModel("PowerShot A420", 0x310F, EVENT),
    PtpModel("EOS 400D", 0x3110, NONE, SHOOTS, kind=EOS),
    PtpModel("EOS Digital Rebel XTi", 0x3110, NONE, SHOOTS, kind=EOS),
    PtpModel("EOS Kiss Digital X", 0x3110, NONE, SHOOTS, kind=EOS),
    PtpModel("EOS 30D", 0x3113, NONE, SHOOTS, kind=EOS),
    PtpModel("Digital IXUS 900 Ti", 0x3115, NONE),
    PtpModel("PowerShot SD900", 0x3115, NONE),
    PtpModel("Digital IXUS 750", 0x3116, EVENT),
    PtpModel("PowerShot A700", 0x3117, EVENT),
    PtpModel("PowerShot SD700 IS", 0x3119, EVENT),
    PtpModel("Digital IXUS 800 IS", 0x3119, EVENT),
    PtpModel("PowerShot S3 IS", 0x311A, PtpQuirk.STRAY_PRESS, LIVE),
    PtpModel("PowerShot A540", 0x311B, EVENT),
    PtpModel("Digital IXUS 60", 0x311C, EVENT),
    PtpModel("PowerShot SD600", 0x311C, EVENT),
    PtpModel("PowerShot G7", 0x3125, EVENT, LIVE),
    PtpModel("PowerShot A530", 0x3126, EVENT),
    PtpModel("Digital IXUS 850 IS", 0x3136, EVENT),
    PtpModel("PowerShot SD40", 0x3137, EVENT),
    PtpModel("PowerShot A710 IS", 0x3138, EVENT),
    PtpModel("PowerShot A640", 0x3139, EVENT, LIVE),
    PtpModel("PowerShot A630", 0x313A, EVENT),
    PtpModel("EOS 450D", 0x3145, EVENT | UNKNOWN, LIVE, kind=EOS),
    PtpModel("EOS Rebel XSi", 0x3145, EVENT | UNKNOWN, LIVE, kind=EOS),
    PtpModel("EOS Kiss X2", 0x3145, EVENT | UNKNOWN, LIVE, kind=EOS),
    PtpModel("EOS 40D", 0x3146, EVENT, LIVE, kind=EOS),
    PtpModel("EOS-1D Mark III", 0x3147, NONE, SHOOTS, kind=EOS, traits=APS_H),
    PtpModel("PowerShot S5 IS", 0x3148, NONE, LIVE),
    PtpModel("PowerShot A460", 0x3149, NONE, OF_A460),
    PtpModel("Digital IXUS 950 IS", 0x314B, EVENT),
    PtpModel("PowerShot SD850 IS", 0x314B, EVENT),
    PtpModel("PowerShot A570 IS", 0x314C, EVENT),
    PtpModel("PowerShot A560", 0x314D, EVENT),
    PtpModel("Digital IXUS 75", 0x314E, EVENT),
    PtpModel("PowerShot SD750", 0x314E, EVENT),
    PtpModel("Digital IXUS 70", 0x314F, EVENT),
    PtpModel("PowerShot SD1000", 0x314F, EVENT),
    PtpModel("PowerShot A550", 0x3150, EVENT),
    PtpModel("PowerShot A450", 0x3155, EVENT),
    PtpModel("PowerShot G9", 0x315A, EVENT, LIVE),
    PtpModel("PowerShot A650 IS", 0x315B, NONE, LIVE),
    PtpModel("PowerShot A720 IS", 0x315D, EVENT),
    PtpModel("PowerShot SX100 IS", 0x315E, EVENT, LIVE),
    PtpModel("Digital IXUS 960 IS", 0x315F, EVENT),
    PtpModel("Digital IXUS 860 IS", 0x3160, EVENT),
    PtpModel("Digital IXUS 970 IS", 0x3173, EVENT),
    PtpModel("Digital IXUS 90 IS", 0x3174, EVENT),
    PtpModel("PowerShot SD790 IS", 0x3174, EVENT),
    PtpModel("Digital IXUS 85 IS", 0x3174, EVENT),
    PtpModel("PowerShot SD770 IS", 0x3175, EVENT),
    PtpModel("PowerShot A590 IS", 0x3176, EVENT),
    PtpModel("PowerShot A580", 0x3177, EVENT),
    PtpModel("PowerShot A470", 0x317A, EVENT),
    PtpModel("EOS 1000D", 0x317B, EVENT | FIVE, LIVE, kind=EOS),
    PtpModel("Digital IXUS 80 IS", 0x3184, EVENT),
    PtpModel("PowerShot SD1100 IS", 0x3184, EVENT),
    PtpModel("PowerShot SX10 IS", 0x318D, EVENT),
    PtpModel("PowerShot A1000 IS", 0x318E, EVENT),
    PtpModel("PowerShot G10", 0x318F, EVENT, LIVE),
    PtpModel("PowerShot A2000 IS", 0x3191, EVENT),
    PtpModel("PowerShot SX110 IS", 0x3192, EVENT, LIVE),
    PtpModel("Digital IXUS 980 IS", 0x3193, EVENT),
    PtpModel("PowerShot SD990 IS", 0x3193, EVENT),
    PtpModel("IXY 3000 IS", 0x3193, EVENT),
    PtpModel("PowerShot SD880 IS", 0x3196, EVENT),
    PtpModel("EOS 5D Mark II", 0x3199, EVENT, LIVE, kind=EOS, traits=FULL | MOVIE),
    PtpModel("EOS 7D", 0x319A, EVENT, LIVE, kind=EOS),
    PtpModel("EOS 50D", 0x319B, EVENT, LIVE, kind=EOS),
    PtpModel("PowerShot D10", 0x31BC, EVENT),
    PtpModel("Digital IXUS 110 IS", 0x31BD, EVENT),
    PtpModel("PowerShot A2100 IS", 0x31BE, EVENT),
    PtpModel("PowerShot A480", 0x31BF, EVENT),
    PtpModel("PowerShot SX200 IS", 0x31C0, NONE),
    PtpModel("Digital IXUS 990 IS", 0x31C1, EVENT),
    PtpModel("PowerShot SD970 IS", 0x31C1, EVENT),
    PtpModel("Digital IXUS 100 IS", 0x31C2, EVENT),
    PtpModel("PowerShot SD780 IS", 0x31C2, EVENT),
    PtpModel("PowerShot A1100 IS", 0x31C3, EVENT),
    PtpModel("PowerShot SD1200 IS", 0x31C4, EVENT),
    PtpModel("Digital IXUS 95 IS", 0x31C4, EVENT),
    PtpModel("EOS 500D", 0x31CF, NONE, LIVE, kind=EOS, traits=MOVIE),
    PtpModel("EOS Rebel T1i", 0x31CF, NONE, LIVE, kind=EOS, traits=MOVIE),
    PtpModel("EOS Kiss X3", 0x31CF, NONE, LIVE, kind=EOS, traits=MOVIE),
    PtpModel("EOS-1D Mark IV", 0x31D0, NONE, LIVE, kind=EOS, traits=APS_H | MOVIE),
    PtpModel("PowerShot G11", 0x31DF, NONE),
    PtpModel("PowerShot SX120 IS", 0x31E0, EVENT),
    PtpModel("PowerShot SX20 IS", 0x31E4, EVENT),
    PtpModel("IXY 220 IS", 0x31E6, EVENT),
    PtpModel("Digital IXUS 120 IS", 0x31E6, EVENT),
    PtpModel("PowerShot SD940 IS", 0x31E6, EVENT),
    PtpModel("EOS 550D", 0x31EA, NONE, LIVE, kind=EOS),
    PtpModel("EOS Rebel T2i", 0x31EA, NONE, LIVE, kind=EOS),
    PtpModel("PowerShot A495", 0x31EF, EVENT),
    PtpModel("PowerShot A3100 IS", 0x31F1, EVENT),
    PtpModel("PowerShot A3000 IS", 0x31F2, EVENT),
    PtpModel("IXUS 130", 0x31F3, EVENT),
    PtpModel("PowerShot SD1300 IS", 0x31F4, EVENT),
    PtpModel("PowerShot SX210 IS", 0x31F6, EVENT),
    PtpModel("IXUS 300 HS", 0x31F7, EVENT),
    PtpModel("PowerShot G12", 0x320F, EVENT),
    PtpModel("PowerShot SX130 IS", 0x3211, EVENT),
    PtpModel("PowerShot S95", 0x3212, EVENT),
    PtpModel("EOS 60D", 0x3215, NONE, LIVE, kind=EOS),
    PtpModel("EOS 1100D", 0x3217, NONE, LIVE, kind=EOS),
    PtpModel("EOS Rebel T3", 0x3217, NONE, LIVE, kind=EOS),
    PtpModel("EOS 600D", 0x3218, NONE, LIVE, kind=EOS),
    PtpModel("EOS Rebel T3i", 0x3218, NONE, LIVE, kind=EOS),
    PtpModel("EOS-1D X", 0x3219, NONE, LIVE, kind=EOS, traits=FULL),
    PtpModel("IXUS 310 HS", 0x3225, EVENT),
    PtpModel("PowerShot A800", 0x3226, EVENT),
    PtpModel("PowerShot SX230 HS", 0x3228, EVENT),
    PtpModel("PowerShot A2200", 0x322A, EVENT),
    PtpModel("PowerShot SX220 HS", 0x322C, EVENT),
    PtpModel("PowerShot G1 X", 0x3233, EVENT),
    PtpModel("PowerShot SX150 IS", 0x3234, EVENT),
    PtpModel("PowerShot S100 (2011)", 0x3236, EVENT),
    PtpModel("PowerShot SX40 HS", 0x3238, EVENT),
    PtpModel("EOS 5D Mark III", 0x323A, EVENT, LIVE, kind=EOS, traits=FULL),
    PtpModel("EOS 650D", 0x323B, NONE, LIVE, kind=EOS),
    PtpModel("EOS Rebel T4i", 0x323B, NONE, LIVE, kind=EOS),
    PtpModel("EOS M", 0x323D, NONE, kind=EOS, traits=LIKE_M),
    PtpModel("PowerShot A1300", 0x323E, EVENT),
    PtpModel("PowerShot A810", 0x323F, EVENT),
    PtpModel("IXUS 125 HS", 0x3241, EVENT),
    PtpModel("PowerShot A4000 IS", 0x3243, EVENT),
    PtpModel("PowerShot SX260 HS", 0x3244, EVENT),
    PtpModel("PowerShot SX240 HS", 0x3245, EVENT),
    PtpModel("PowerShot A2400 IS", 0x3249, EVENT),
    PtpModel("PowerShot A2300", 0x324A, EVENT),
    PtpModel("EOS 6D", 0x3250, POWER, LIVE, kind=EOS, traits=FULL),
    PtpModel("EOS-1D C", 0x3252, NONE, LIVE, kind=EOS, traits=FULL),
    PtpModel("EOS 70D", 0x3253, NONE, LIVE, kind=EOS),
    PtpModel("PowerShot G15", 0x3258, EVENT),
    PtpModel("PowerShot SX160 IS", 0x325A, EVENT),
    PtpModel("PowerShot S110 (2012)", 0x325B, EVENT),
    PtpModel("PowerShot SX500 IS", 0x325C, EVENT),
    PtpModel("PowerShot SX280 HS", 0x325F, EVENT),
    PtpModel("PowerShot A3500 IS", 0x3261, EVENT),
    PtpModel("PowerShot A2600", 0x3262, EVENT),
    PtpModel("PowerShot A1400", 0x3264, EVENT),
    PtpModel("IXUS 255 HS", 0x3268, EVENT),
    PtpModel("EOS 7D Mark II", 0x326F, NONE, LIVE, kind=EOS),
    PtpModel("EOS 100D", 0x3270, NONE, LIVE, kind=EOS),
    PtpModel("PowerShot A2500", 0x3271, EVENT),
    PtpModel("EOS 700D", 0x3272, NONE, LIVE, kind=EOS),
    PtpModel("EOS M2", 0x3273, HIDES, LIVE, kind=EOS, traits=LIKE_M),
    PtpModel("PowerShot G16", 0x3274, NONE),
    PtpModel("PowerShot S120", 0x3275, EVENT),
    PtpModel("PowerShot SX170 IS", 0x3276, EVENT),
    PtpModel("PowerShot SX510 HS", 0x3277, EVENT),
    PtpModel("IXUS 132", 0x327D, EVENT),
    PtpModel("EOS 1200D", 0x327F, NONE, LIVE, kind=EOS),
    PtpModel("EOS 760D", 0x3280, NONE, LIVE, kind=EOS),
    PtpModel("EOS 5D Mark IV", 0x3281, OPEN, LIVE, kind=EOS, traits=FULL),
    PtpModel("PowerShot SX600 HS", 0x3286, EVENT, LIVE, traits=LIKE_M, remote_modes=(0x11,)),
    PtpModel("PowerShot ELPH 135", 0x3288, EVENT),
    PtpModel("PowerShot ELPH 340 HS", 0x3289, EVENT),
    PtpModel("EOS-1D X Mark II", 0x3292, NONE, LIVE, kind=EOS, traits=FULL),
    PtpModel("EOS 80D", 0x3294, OPEN, LIVE, kind=EOS),
    PtpModel("EOS 5DS", 0x3295, OPEN, LIVE, kind=EOS, traits=FULL),
    PtpModel("EOS M3", 0x3299, EVENT, LIVE, kind=EOS, traits=LIKE_M),
    PtpModel("PowerShot SX60 HS", 0x329A, EVENT),
    PtpModel("PowerShot SX520 HS", 0x329B, EVENT),
    PtpModel("PowerShot G7 X", 0x329D, OPEN, LIVE),
    PtpModel("PowerShot SX530 HS", 0x329F, OPEN | NO_PRESS, LIVE, traits=LIKE_M),
    PtpModel("EOS M10", 0x32A0, NONE, LIVE, kind=EOS, traits=LIKE_M),
    PtpModel("EOS 750D", 0x32A1, NONE, LIVE, kind=EOS),
    PtpModel("PowerShot G3 X", 0x32A8, NONE, LIVE),
    PtpModel("IXUS 165", 0x32A9, EVENT),
    PtpModel("IXUS 160", 0x32AA, EVENT),
    PtpModel("PowerShot ELPH 350 HS", 0x32AB, EVENT),
    PtpModel("EOS 5DS R", 0x32AF, OPEN, LIVE, kind=EOS, traits=FULL),
    PtpModel("PowerShot G5 X", 0x32B3, NONE, LIVE, traits=LIKE_M, remote_modes=(0x15, 0x11)),
    PtpModel("EOS 1300D", 0x32B4, LISTING, LIVE, kind=EOS),
    PtpModel("EOS Rebel T6", 0x32B4, LISTING, LIVE, kind=EOS),
    PtpModel("EOS M5", 0x32BB, NONE, LIVE, kind=EOS, traits=LIKE_M),
    PtpModel("PowerShot G7 X Mark II", 0x32BC, NONE, LIVE, traits=LIKE_M),
    PtpModel("PowerShot SX540 HS", 0x32BE, NONE, LIVE, traits=LIKE_M, remote_modes=(0x15, 0x11)),
    PtpModel("IXUS 180", 0x32C0, NONE, LIVE),
    PtpModel("PowerShot SX720 HS", 0x32C2, NONE, LIVE, traits=LIKE_M, remote_modes=(0x11, 0x15)),
    PtpModel("PowerShot SX620 HS", 0x32C3, NONE, LIVE),
    PtpModel("EOS M6", 0x32C5, NONE, LIVE, kind=EOS, traits=LIKE_M),
    PtpModel("PowerShot G9 X Mark II", 0x32C7, NONE, LIVE, traits=LIKE_M),
    PtpModel("EOS Rebel T7i", 0x32C9, NONE, LIVE, kind=EOS),
    PtpModel("EOS 800D", 0x32C9, NONE, LIVE, kind=EOS),
    PtpModel("EOS 6D Mark II", 0x32CA, NONE, LIVE, kind=EOS, traits=FULL),
    PtpModel("EOS 77D", 0x32CB, NONE, LIVE, kind=EOS),
    PtpModel("EOS 200D", 0x32CC, NONE, LIVE, kind=EOS),
    PtpModel("EOS M100", 0x32D1, NONE, LIVE, kind=EOS, traits=LIKE_M),
    PtpModel("EOS M50", 0x32D2, NONE, LIVE, kind=EOS, traits=LIKE_M),
    PtpModel("IXUS 185", 0x32D4, NONE),
    PtpModel("PowerShot SX730 HS", 0x32D6, NONE, LIVE),
    PtpModel("EOS 4000D", 0x32D9, EVENT, LIVE, kind=EOS),
    PtpModel("EOS R", 0x32DA, OPEN, LIVE, kind=EOS, traits=FULL),
    PtpModel("EOS 2000D", 0x32E1, EVENT | OPEN | LISTING, LIVE, kind=EOS),
    PtpModel("EOS 1500D", 0x32E1, EVENT | OPEN | LISTING, LIVE, kind=EOS),
    PtpModel("EOS RP", 0x32E2, OPEN, LIVE, kind=EOS, traits=FULL),
    PtpModel("PowerShot SX740 HS", 0x32E4, NONE, LIVE, traits=ZOOMS),
    PtpModel("EOS M6 Mark II", 0x32E7, SCREEN, LIVE, kind=EOS, traits=LIKE_M, remote_modes=(0x01,)),
    PtpModel("EOS-1D X Mark III", 0x32E8, NONE, LIVE, kind=EOS, traits=FULL),
    PtpModel("EOS 250D", 0x32E9, NONE, LIVE, kind=EOS),
    PtpModel("EOS 90D", 0x32EA, NONE, LIVE, kind=EOS),
    PtpModel("PowerShot SX70 HS", 0x32EE, NONE, LIVE, traits=ZOOMS),
    PtpModel("EOS M200", 0x32EF, NONE, LIVE, kind=EOS, traits=LIKE_M),
    PtpModel("PowerShot G7 X Mark III", 0x32F0, NONE, LIVE, traits=ZOOMS),
    PtpModel("EOS Rebel T8i", 0x32F1, NONE, LIVE, kind=EOS),
    PtpModel("EOS 850D", 0x32F1, NONE, LIVE, kind=EOS),
    PtpModel("EOS R5", 0x32F4, NONE, LIVE, kind=EOS, traits=FULL),
    PtpModel("EOS R6", 0x32F5, NONE, LIVE, kind=EOS, traits=FULL),
    PtpModel("EOS R7", 0x32F7, NONE, LIVE, kind=EOS),
    PtpModel("EOS R10", 0x32F8, NONE, LIVE, kind=EOS),
    PtpModel("EOS M50m2", 0x32F9, SCREEN, LIVE, kind=EOS, traits=LIKE_M),
    PtpModel("EOS R3", 0x32FC, MOVIE_VIEW, LIVE, kind=EOS, traits=FULL),
    PtpModel("EOS R5 C", 0x3303, NONE, LIVE, kind=EOS, traits=FULL),
    PtpModel("EOS R6m2", 0x330B, NONE, LIVE, kind=EOS, traits=FULL),
    PtpModel("EOS R8", 0x330C, NONE, LIVE, kind=EOS, traits=FULL),
    PtpModel("EOS R50", 0x330D, NONE, LIVE, kind=EOS),
    PtpModel("EOS R100", 0x3312, NONE, LIVE, kind=EOS),
    PtpModel("EOS R1", 0x3313, LONG, LIVE, kind=EOS, traits=FULL),
    PtpModel("EOS R5m2", 0x3314, LONG | NO_LIST, LIVE, kind=EOS, traits=FULL),
    PtpModel("EOS R50 V", 0x3320, NONE, LIVE, kind=EOS),
    PtpModel("EOS R6 Mark III", 0x3323, NONE, LIVE, kind=EOS, traits=FULL),
)

GENERIC = PtpModel("camera", 0, NONE, DrivenBy(why_not="not in the table"), BodyKind.UNKNOWN)
"""A body that no row tells of."""


def by_product(product: int, name: str = "") -> PtpModel:
    """The row of a USB product id, or the generic one.

    Several bodies may share an id; then the name that the camera reports chooses among them.
    """
    rows = [model for model in MODELS if model.product == product]
    named = [model for model in rows if is_called(model.name, name)]
    return next(iter(named or rows), GENERIC)


def by_slug(slug: str) -> PtpModel | None:
    """The row whose name is written "powershot-sx200-is"; the first, where a name has two ids."""
    return next((model for model in MODELS if model.slug == slug), None)
