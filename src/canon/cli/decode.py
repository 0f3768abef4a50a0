"""The verb `decode`: tells a recorded conversation in words."""

from __future__ import annotations

from pathlib import Path

import click

from canon.cli.options import Options, Verb
from canon.cli.output import put_line
from canon.errors import AlreadyThere

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(
    "decode",
    cls=Verb,
    examples=(
        "canon-remote decode talk.pcapng",
        "canon-remote --record talk.pcapng info && canon-remote decode talk.pcapng --json",
        "canon-remote decode --redact talk.pcapng to-show.pcapng",
    ),
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
def decode_verb(options: Options, file: Path | None, redact: tuple[Path, Path] | None) -> None:
    """Tell a recording in words.

    It may be of the native protocol or of PTP. FILE is a usbmon capture (pcap or pcapng, as
    Wireshark, tcpdump and --record write it) or a trace of JSON lines.
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
        redact_file(source, target)
        options.show({"file": str(target)}, str(target))
    if file is not None:
        for step in tell(read(file)):
            for line in [step.as_json()] if options.as_json else step.lines():
                put_line(line)
