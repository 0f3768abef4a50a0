"""The verb `decode`: tells a recorded conversation in words."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import BinaryIO

import click

from canon.cli.options import Options, Verb
from canon.cli.output import put_line
from canon.errors import AlreadyThere

_FILE = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)


@click.command(
    "decode",
    cls=Verb,
    unrecorded="give --record to a verb that opens one",
    examples=(
        "canon-remote decode talk.pcapng",
        "canon-remote --record talk.pcapng info && canon-remote decode talk.pcapng --json",
        "canon-remote decode gphoto2-debug.log",
        "zcat busy.pcap.gz | canon-remote decode --device 1.7 -",
        "canon-remote decode --redact talk.pcapng to-show.pcapng",
    ),
)
@click.option(
    "--device",
    metavar="BUS.ADDRESS",
    help="Tell only this device of a recording that holds several.",
)
@click.option(
    "--redact",
    nargs=2,
    type=(_FILE, click.Path(path_type=Path)),
    metavar="IN OUT",
    help="Copy a recording without owners' names, serial numbers and pictures, to show to others.",
)
@click.argument("file", required=False, type=_FILE)
@click.pass_obj
def decode_verb(
    options: Options, file: Path | None, device: str | None, redact: tuple[Path, Path] | None
) -> None:
    """Tell a recording in words.

    It may be of the native protocol or of PTP. FILE is a capture (pcap or pcapng, as Wireshark,
    tcpdump, USBPcap and --record write it, of USB or of a camera's network; or usbmon's text), a
    debug log of gphoto2, hex dumps (as tshark -x writes them), or a trace of JSON lines; it may be
    compressed by gzip, or be the one file of a zip archive. A FILE of - is stdin.
    """
    from canon.trace.files import read
    from canon.trace.telling import redact as redact_file
    from canon.trace.telling import tell

    if (file is None) == (redact is None):
        raise click.UsageError("name one recording, or two with --redact IN OUT")
    if redact is not None:
        source, target = redact
        if target.exists():
            raise AlreadyThere(f"{target} is there already", "name another file")
        redact_file(_opened(source), target)
        options.show({"file": str(target)}, str(target))
    if file is not None:
        for step in tell(read(_opened(file)), device):
            for line in [step.as_json()] if options.as_json else step.lines():
                put_line(line)


def _opened(file: Path) -> Path | BinaryIO:
    return sys.stdin.buffer if str(file) == "-" else file
