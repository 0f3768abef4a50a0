"""The bodies that speak Canon's native protocol, one row each (canon-native-usb, section 1).

The class of a body says how its keys are locked and which commands it has; sections 1, 7.5 and 10
of docs/protocol/native.md tell what each class does. Where a row says why nobody drives it, no other
program does so in this protocol.
"""

from __future__ import annotations

from canon.models import custom
from canon.models.model import BodyKind, DrivenBy, Model, Numbering, Quirk, Trait, is_called

CLASSIC, REVISED = Numbering.CLASSIC, Numbering.REVISED
NONE, KIB, MARKS_STAY = Quirk.NONE, Quirk.CAPACITY_IN_KIB, Quirk.MARKS_STAY
RELEASE = Trait.RELEASE
COMPACT = Trait.RELEASE | Trait.ZOOM | Trait.VIEWFINDER
RAW = Trait.RAW
EOS, CAMCORDER = BodyKind.EOS, BodyKind.CAMCORDER

BY_PTP = DrivenBy(why_not="gphoto2 drives it by PTP")
NOT_DRIVEN = DrivenBy(why_not="gphoto2 does not drive it")
FAILS = DrivenBy(why_not="reported not to work")

CLASS_0 = Trait.NONE
CLASS_1 = CLASS_2 = CLASS_3 = Trait.LOCK_KEYS | Trait.ABILITIES
CLASS_4 = Trait.EOS_LOCK | Trait.BODY_ID
CLASS_5 = Trait.LOCK_KEYS
CLASS_6 = Trait.EOS_LOCK | Trait.BODY_ID | Trait.ABILITIES | Trait.OWNER_COMMAND

MODELS = (
    Model("PowerShot A5", None, CLASSIC, CLASS_3, Quirk.SLOW_SERIAL, (1024, 768), serial_id="DE300 Canon Inc."),
    Model("PowerShot A5 Zoom", None, CLASSIC, CLASS_3, Quirk.SLOW_SERIAL, (1024, 768), serial_id="Canon PowerShot A5 Zoom"),
    Model("PowerShot A50", None, CLASSIC, CLASS_1, Quirk.SLOW_SERIAL, (1280, 960), serial_id="Canon PowerShot A50"),
    Model("PowerShot Pro70", None, CLASSIC, CLASS_2, NONE, (1536, 1024), serial_id="Canon PowerShot Pro70"),
    Model("PowerShot S10", 0x3041, CLASSIC, CLASS_0, NONE, (1600, 1200), serial_id="Canon PowerShot S10"),
    Model("PowerShot S20", 0x3043, CLASSIC, CLASS_0, NONE, (2048, 1536), serial_id="Canon PowerShot S20"),
    Model("EOS D30", 0x3044, CLASSIC, CLASS_4 | RELEASE | RAW, Quirk.BODY_ID_OF_D30, (2160, 1440), kind=EOS, custom=custom.EOS_D30),
    Model("PowerShot S100 (2000)", 0x3045, CLASSIC, CLASS_0, NONE, (1600, 1200)),
    Model("IXY DIGITAL", 0x3046, CLASSIC, CLASS_0, NONE, (1600, 1200)),
    Model("Digital IXUS", 0x3047, CLASSIC, CLASS_0, NONE, (1600, 1200)),
    Model("PowerShot G1", 0x3048, CLASSIC, CLASS_0 | COMPACT | RAW, NONE, (2048, 1536), serial_id="Canon PowerShot G1"),
    Model("PowerShot Pro90 IS", 0x3049, CLASSIC, CLASS_0 | COMPACT | RAW, NONE, (1856, 1392), serial_id="Canon PowerShot Pro90 IS"),
    Model("IXY DIGITAL 300", 0x304B, CLASSIC, CLASS_1 | COMPACT, NONE, (1600, 1200)),
    Model("PowerShot S300", 0x304C, CLASSIC, CLASS_1 | COMPACT, NONE, (1600, 1200)),
    Model("Digital IXUS 300", 0x304D, CLASSIC, CLASS_1 | COMPACT, NONE, (1600, 1200)),
    Model("PowerShot A20", 0x304E, CLASSIC, CLASS_1 | COMPACT, NONE, (1600, 1200)),
    Model("PowerShot A10", 0x304F, CLASSIC, CLASS_1 | COMPACT, NONE, (1280, 960)),
    Model("PowerShot unknown 1", 0x3050, CLASSIC, CLASS_1 | COMPACT, NONE, (1600, 1200)),
    Model("PowerShot S110 (2001)", 0x3051, CLASSIC, CLASS_0 | COMPACT, NONE, (1600, 1200)),
    Model("Digital IXUS v", 0x3052, CLASSIC, CLASS_0 | COMPACT, NONE, (1600, 1200)),
    Model("PowerShot G2", 0x3055, CLASSIC, CLASS_1 | COMPACT | RAW, NONE, (2272, 1704)),
    Model("PowerShot S40", 0x3056, CLASSIC, CLASS_1 | COMPACT | RAW, NONE, (2272, 1704)),
    Model("PowerShot S30", 0x3057, CLASSIC, CLASS_1 | COMPACT | RAW, NONE, (2048, 1536)),
    Model("PowerShot A40", 0x3058, CLASSIC, CLASS_1 | COMPACT, NONE, (1600, 1200)),
    Model("PowerShot A30", 0x3059, CLASSIC, CLASS_1 | COMPACT, NONE, (1280, 960)),
    Model("PowerShot unknown 2", 0x305C, CLASSIC, CLASS_1 | COMPACT, NONE, (1600, 1200)),
    Model("EOS D60", 0x3060, CLASSIC, CLASS_4 | RELEASE | RAW, NONE, (3072, 2048), kind=EOS, custom=custom.EOS_D60),
    Model("PowerShot A100", 0x3061, CLASSIC, CLASS_1 | COMPACT, NONE, (1280, 960)),
    Model("PowerShot A200", 0x3062, CLASSIC, CLASS_1 | COMPACT, NONE, (1600, 1200)),
    Model("PowerShot S200", 0x3065, CLASSIC, CLASS_1 | COMPACT, NONE, (1600, 1200)),
    Model("Digital IXUS v2", 0x3065, CLASSIC, CLASS_1 | COMPACT, NONE, (1600, 1200)),
    Model("PowerShot S330", 0x3066, CLASSIC, CLASS_1 | COMPACT, NONE, (1600, 1200)),
    Model("Digital IXUS 330", 0x3066, CLASSIC, CLASS_1 | COMPACT, NONE, (1600, 1200)),
    Model("PowerShot G3", 0x3069, CLASSIC, CLASS_1 | COMPACT | RAW, NONE, (2272, 1704), driven_by=DrivenBy(why_not="usb.ids says that a G3 has 0x306e")),
    Model("Digital unknown 3", 0x306A, CLASSIC, CLASS_1 | RELEASE, NONE, (1600, 1200)),
    Model("Optura 200 MC", 0x306B, CLASSIC, CLASS_1 | RELEASE, NONE, (640, 480), kind=CAMCORDER),
    Model("MVX2i", 0x306B, CLASSIC, CLASS_1 | RELEASE, NONE, (640, 480), kind=CAMCORDER),
    Model("IXY DV M", 0x306B, CLASSIC, CLASS_1 | COMPACT, NONE, (640, 480), kind=CAMCORDER),
    Model("PowerShot S45", 0x306C, CLASSIC, CLASS_5 | COMPACT | RAW, KIB, (2272, 1704)),
    Model("PowerShot G3", 0x306E, CLASSIC, CLASS_5 | COMPACT | Trait.ABILITIES | RAW, KIB, (2272, 1704)),
    Model("PowerShot S230", 0x3070, CLASSIC, CLASS_4 | COMPACT, KIB, (2048, 1536)),
    Model("Digital IXUS v3", 0x3070, CLASSIC, CLASS_4 | COMPACT, KIB, (2048, 1536)),
    Model("PowerShot SD100", 0x3072, CLASSIC, CLASS_5 | COMPACT, NONE, (2048, 1536), driven_by=BY_PTP),
    Model("Digital IXUS II", 0x3072, CLASSIC, CLASS_5 | COMPACT, NONE, (2048, 1536), driven_by=BY_PTP),
    Model("PowerShot A70", 0x3073, CLASSIC, CLASS_1 | COMPACT, KIB, (2048, 1536), driven_by=BY_PTP),
    Model("PowerShot A60", 0x3074, CLASSIC, CLASS_1 | COMPACT, KIB, (1600, 1200), driven_by=BY_PTP),
    Model("Digital IXUS 400", 0x3075, CLASSIC, CLASS_1 | COMPACT, KIB, (2272, 1704), driven_by=BY_PTP),
    Model("PowerShot S400", 0x3075, CLASSIC, CLASS_1 | COMPACT, KIB, (2272, 1704), driven_by=BY_PTP),
    Model("PowerShot A300", 0x3076, CLASSIC, CLASS_1 | COMPACT, KIB, (2048, 1536), driven_by=BY_PTP),
    Model("PowerShot S50", 0x3077, CLASSIC, CLASS_4 | COMPACT | RAW, KIB, (2592, 1944), driven_by=BY_PTP),
    Model("ZR70MC", 0x3078, CLASSIC, CLASS_1 | RELEASE, NONE, (640, 480), kind=CAMCORDER),
    Model("MV650i", 0x307A, CLASSIC, CLASS_1 | RELEASE, NONE, (640, 480), kind=CAMCORDER),
    Model("MV630i", 0x307C, CLASSIC, CLASS_1 | RELEASE, NONE, (640, 480), kind=CAMCORDER),
    Model("Optura 20", 0x307F, CLASSIC, CLASS_1 | RELEASE, NONE, (640, 480), kind=CAMCORDER),
    Model("Optura 20", 0x3080, CLASSIC, CLASS_1 | RELEASE, NONE, (640, 480), kind=CAMCORDER),
    Model("MVX150i", 0x3080, CLASSIC, CLASS_1 | RELEASE, NONE, (640, 480), kind=CAMCORDER),
    Model("MVX100i", 0x3081, CLASSIC, CLASS_1 | RELEASE, NONE, (640, 480), kind=CAMCORDER),
    Model("Optura 10", 0x3082, CLASSIC, CLASS_1 | RELEASE, NONE, (640, 480), kind=CAMCORDER),
    Model("EOS 10D", 0x3083, CLASSIC, CLASS_4 | RELEASE | RAW, Quirk.ENDS_WITH_CARD, (3072, 2048), kind=EOS, custom=custom.EOS_10D),
    Model("EOS 300D", 0x3084, CLASSIC, CLASS_4 | RELEASE | RAW, Quirk.ENDS_WITH_CARD, (3072, 2048), kind=EOS, custom=custom.EOS_300D),
    Model("EOS Digital Rebel", 0x3084, CLASSIC, CLASS_4 | RELEASE | RAW, Quirk.ENDS_WITH_CARD, (3072, 2048), kind=EOS, custom=custom.EOS_300D),
    Model("EOS Kiss Digital", 0x3084, CLASSIC, CLASS_4 | RELEASE | RAW, Quirk.ENDS_WITH_CARD, (3072, 2048), kind=EOS, custom=custom.EOS_300D),
    Model("PowerShot G5", 0x3085, CLASSIC, CLASS_5 | COMPACT | RAW, NONE, (2592, 1944), driven_by=BY_PTP),
    Model("Elura 50", 0x3088, CLASSIC, CLASS_1 | RELEASE, NONE, (640, 480), kind=CAMCORDER),
    Model("Optura Xi", 0x308E, CLASSIC, CLASS_1 | RELEASE, NONE, (640, 480), kind=CAMCORDER),
    Model("MVX 3i", 0x308E, CLASSIC, CLASS_1 | RELEASE, NONE, (640, 480), kind=CAMCORDER),
    Model("FV M1", 0x308E, CLASSIC, CLASS_1 | RELEASE, NONE, (640, 480), kind=CAMCORDER),
    Model("Optura 300", 0x3096, CLASSIC, CLASS_1 | RELEASE, NONE, (640, 480), kind=CAMCORDER),
    Model("MVX 10i", 0x3096, CLASSIC, CLASS_1 | RELEASE, NONE, (640, 480), kind=CAMCORDER),
    Model("IXY DV M2", 0x3096, CLASSIC, CLASS_1 | COMPACT, NONE, (640, 480), kind=CAMCORDER),
    Model("PowerShot A80", 0x309A, CLASSIC, CLASS_1 | COMPACT, KIB, (2272, 1704), driven_by=BY_PTP),
    Model("PowerShot SD10 Digital ELPH", 0x309B, CLASSIC, CLASS_1 | COMPACT, NONE, (2272, 1704)),
    Model("Digital IXUS i", 0x309B, CLASSIC, CLASS_1 | COMPACT, NONE, (2272, 1704)),
    Model("PowerShot IXY Digital L", 0x309B, CLASSIC, CLASS_1 | COMPACT, NONE, (2272, 1704)),
    Model("PowerShot S1 IS", 0x309C, CLASSIC, CLASS_5 | COMPACT, KIB, (2048, 1536), driven_by=FAILS),
    Model("Optura 40", 0x30A9, CLASSIC, CLASS_1 | RELEASE, NONE, (640, 480), kind=CAMCORDER),
    Model("MVX25i", 0x30A9, CLASSIC, CLASS_1 | RELEASE, NONE, (640, 480), kind=CAMCORDER),
    Model("PowerShot S70", 0x30B1, CLASSIC, CLASS_5 | COMPACT | RAW, NONE, (3072, 2304), driven_by=BY_PTP),
    Model("PowerShot S60", 0x30B2, CLASSIC, CLASS_5 | COMPACT | RAW, NONE, (2592, 1944), driven_by=BY_PTP),
    Model("PowerShot G6", 0x30B3, CLASSIC, CLASS_5 | COMPACT | RAW, NONE, (3072, 2304), driven_by=BY_PTP),
    Model("Digital IXUS 500", 0x30B4, CLASSIC, CLASS_5 | COMPACT, NONE, (2592, 1944), driven_by=BY_PTP),
    Model("PowerShot S500 Digital ELPH", 0x30B4, CLASSIC, CLASS_5 | COMPACT, NONE, (2592, 1944), driven_by=BY_PTP),
    Model("IXY Digital 500", 0x30B4, CLASSIC, CLASS_5 | COMPACT, NONE, (2592, 1944), driven_by=BY_PTP),
    Model("PowerShot A75", 0x30B5, CLASSIC, CLASS_1 | COMPACT, KIB, (2048, 1536), driven_by=BY_PTP),
    Model("PowerShot SD110 Digital ELPH", 0x30B6, CLASSIC, CLASS_1 | COMPACT, NONE, (2048, 1536), driven_by=BY_PTP),
    Model("Digital IXUS IIs", 0x30B6, CLASSIC, CLASS_1 | COMPACT, NONE, (2048, 1536), driven_by=BY_PTP),
    Model("PowerShot A400", 0x30B7, CLASSIC, CLASS_5 | COMPACT, KIB, (2048, 1536), driven_by=BY_PTP),
    Model("PowerShot A310", 0x30B8, CLASSIC, CLASS_5 | COMPACT, NONE, (2048, 1536), driven_by=BY_PTP),
    Model("PowerShot A85", 0x30B9, CLASSIC, CLASS_5 | COMPACT, NONE, (2272, 1704), driven_by=BY_PTP),
    Model("PowerShot S410 Digital ELPH", 0x30BA, CLASSIC, CLASS_5 | COMPACT, NONE, (2272, 1704), driven_by=BY_PTP),
    Model("Digital IXUS 430", 0x30BA, CLASSIC, CLASS_5 | COMPACT, NONE, (2272, 1704), driven_by=BY_PTP),
    Model("IXY Digital 430", 0x30BA, CLASSIC, CLASS_5 | COMPACT, NONE, (2272, 1704), driven_by=BY_PTP),
    Model("PowerShot A95", 0x30BB, CLASSIC, CLASS_5 | COMPACT, NONE, (2592, 1944), driven_by=BY_PTP),
    Model("PowerShot SD200", 0x30C0, REVISED, CLASS_6 | COMPACT, MARKS_STAY, (2048, 1536)),
    Model("Digital IXUS 30", 0x30C0, REVISED, CLASS_6 | COMPACT, MARKS_STAY, (2048, 1536)),
    Model("IXY Digital 40", 0x30C0, REVISED, CLASS_6 | COMPACT, MARKS_STAY, (2272, 1704)),
    Model("PowerShot SD400", 0x30C1, CLASSIC, CLASS_4, NONE, (2592, 1944), driven_by=NOT_DRIVEN),
    Model("Digital IXUS 50", 0x30C1, CLASSIC, CLASS_4, NONE, (2592, 1944), driven_by=NOT_DRIVEN),
    Model("IXY Digital 55", 0x30C1, CLASSIC, CLASS_4, NONE, (2592, 1944), driven_by=NOT_DRIVEN),
    Model("PowerShot A510", 0x30C2, CLASSIC, CLASS_1 | COMPACT, KIB, (2048, 1536), driven_by=NOT_DRIVEN),
    Model("PowerShot SD20", 0x30C4, CLASSIC, CLASS_5 | COMPACT, NONE, (2592, 1944)),
    Model("Digital IXUS i5", 0x30C4, CLASSIC, CLASS_5 | COMPACT, NONE, (2592, 1944)),
    Model("IXY Digital L2", 0x30C4, CLASSIC, CLASS_5 | COMPACT, NONE, (2592, 1944)),
    Model("EOS 20D", 0x30EB, REVISED, CLASS_6 | RELEASE | RAW, MARKS_STAY, (3504, 2336), kind=EOS, custom=custom.EOS_20D),
    Model("EOS 350D", 0x30EE, REVISED, CLASS_6 | RELEASE | RAW, MARKS_STAY, (3456, 2304), kind=EOS),
    Model("Digital Rebel XT", 0x30EE, REVISED, CLASS_6 | RELEASE | RAW, MARKS_STAY, (3456, 2304), kind=EOS),
    Model("EOS Kiss Digital N", 0x30EE, REVISED, CLASS_6 | RELEASE | RAW, MARKS_STAY, (3456, 2304), kind=EOS),
    Model("PowerShot S2 IS", 0x30F0, CLASSIC, CLASS_1 | COMPACT, NONE, (2592, 1944), driven_by=FAILS),
    Model("PowerShot SD500", 0x30F2, CLASSIC, CLASS_5, Quirk.INIT_IN_ONE_READ, (3072, 2304), driven_by=FAILS),
    Model("Digital IXUS 700", 0x30F2, CLASSIC, CLASS_5, Quirk.INIT_IN_ONE_READ, (3072, 2304), driven_by=FAILS),
    Model("IXY Digital 600", 0x30F2, CLASSIC, CLASS_5, Quirk.INIT_IN_ONE_READ, (3072, 2304), driven_by=FAILS),
    Model("PowerShot A610", 0x30FD, CLASSIC, CLASS_5 | COMPACT, NONE, (2592, 1944), driven_by=FAILS),
    Model("EOS 5D", 0x3101, REVISED, CLASS_6 | RELEASE | RAW, Quirk.SET_TWICE | MARKS_STAY, (4368, 2912), kind=EOS),
)

GENERIC = Model("camera", 0, CLASSIC, Trait.NONE, NONE, (640, 480), kind=BodyKind.UNKNOWN, driven_by=DrivenBy(why_not="not in the table"))
"""A body that no row tells of: it is asked for nothing that could hurt."""


def by_product(product: int, name: str = "") -> Model:
    """The row of a USB product id, or the careful generic one.

    Several bodies may share an id; then the name that the camera reports chooses among them.
    """
    rows = [model for model in MODELS if model.product == product]
    named = [model for model in rows if is_called(model.name, name)]
    return next(iter(named or rows), GENERIC)


def by_serial_id(text: str) -> Model:
    """The row of what a camera says of itself on RS-232, or the careful generic one."""
    return next((model for model in MODELS if model.serial_id and model.serial_id == text), GENERIC)


def by_slug(slug: str) -> Model | None:
    """The row whose name is written "powershot-g3", one that is driven before one that is not."""
    rows = [model for model in MODELS if model.slug == slug]
    return min(rows, key=lambda model: not model.driven_by.program, default=None)
