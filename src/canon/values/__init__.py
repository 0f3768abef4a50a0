"""What users pass and read: choices, scales, formats, and a camera's time.

A value says what a person says, and has no number of a camera's in it; which number stands for it
is in the code table of each dialect.
"""

from canon.values.choices import AfDistance as AfDistance
from canon.values.choices import Battery as Battery
from canon.values.choices import CameraOutput as CameraOutput
from canon.values.choices import CaptureTarget as CaptureTarget
from canon.values.choices import Choice as Choice
from canon.values.choices import DriveMode as DriveMode
from canon.values.choices import FileKind as FileKind
from canon.values.choices import Flash as Flash
from canon.values.choices import FocusingPoint as FocusingPoint
from canon.values.choices import FocusMode as FocusMode
from canon.values.choices import ImageSize as ImageSize
from canon.values.choices import Metering as Metering
from canon.values.choices import PhotoEffect as PhotoEffect
from canon.values.choices import Quality as Quality
from canon.values.choices import ShootingMode as ShootingMode
from canon.values.choices import WhiteBalance as WhiteBalance
from canon.values.formats import File as File
from canon.values.formats import Format as Format
from canon.values.moments import local_seconds as local_seconds
from canon.values.moments import local_time as local_time
from canon.values.scales import Aperture as Aperture
from canon.values.scales import Compensation as Compensation
from canon.values.scales import Iso as Iso
from canon.values.scales import Scale as Scale
from canon.values.scales import ShutterSpeed as ShutterSpeed
