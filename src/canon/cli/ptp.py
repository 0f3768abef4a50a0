"""The verb `ptp`: any operation of a PTP camera, by its name or its number."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from canon.cli import tab
from canon.cli.options import Options, Verb
from canon.cli.paths import ON_THIS_COMPUTER
from canon.errors import AlreadyThere

if TYPE_CHECKING:
    from canon.camera import Camera

_MOST_PARAMETERS = 5
_PARAMETER = "number of 32 bits; write it as 17 or 0x11"
_A_LINE = 16


@click.command(
    "ptp",
    cls=Verb,
    examples=(
        "canon-remote ptp",
        "canon-remote ptp GetStorageIDs",
        "canon-remote ptp 0x1008 0x01900011",
        "canon-remote ptp SetDevicePropValue 0xd045 --data 0700",
        "canon-remote ptp GetObject 0x01900011 -o picture.jpg",
    ),
)
@click.option(
    "--data",
    metavar="FILE|HEX",
    help="Send this: hex digits, or what is in a file. A file named like hex digits is ./NAME.",
)
@click.option(
    "-o",
    "--output",
    type=ON_THIS_COMPUTER,
    metavar="FILE",
    help="Save the data that come in a new file.",
)
@click.argument("operation", required=False, shell_complete=tab.operations)
@click.argument("parameters", metavar="[PARAM]...", nargs=-1)
@click.pass_obj
def ptp_verb(
    options: Options,
    operation: str | None,
    parameters: tuple[str, ...],
    data: str | None,
    output: str | None,
) -> None:
    """Carry out any operation of a camera that speaks PTP.

    OPERATION is a name, or a code as 0x9013; each PARAM is a number. The response, its parameters
    and its data are printed. Without OPERATION, the operations and properties that the camera lists
    are. Nothing is checked, and the camera does what it is told. Properties by number are read and
    written by `settings 0xd045` as well.
    """
    if operation is None:
        with options.camera() as cam:
            _list(options, cam)
        return
    if len(parameters) > _MOST_PARAMETERS:
        raise click.UsageError(f"an operation has {_MOST_PARAMETERS} parameters at the most")
    numbers = [_number(word, 0xFFFFFFFF, _PARAMETER) for word in parameters]
    codes, sent = _codes(operation), None if data is None else _bytes(data)
    if output and Path(output).exists():
        raise AlreadyThere(f"{output} is there already", "name another file")
    with options.camera() as cam:
        code = next((one for one in codes if one in cam.ptp.operations), codes[0])
        answer = cam.ptp.call(code, *numbers, data=sent)
    from canon.ptp.operations import Response

    name = Response(answer.response).name
    document: dict[str, object] = {
        "response": answer.response,
        "name": name,
        "parameters": answer.parameters,
    }
    lines = [f"response  {answer.response:#06x} {name}"]
    lines += (f"parameter {number:#010x}" for number in answer.parameters)
    if output:
        from canon.files import new_file

        with new_file(Path(output)) as file:
            file.write(answer.data)
        document |= {"file": output, "size": len(answer.data)}
        lines.append(f"data      {len(answer.data)} bytes in {output}")
    else:
        document["data"] = answer.data.hex()
        lines += _dump(answer.data)
    options.show(document, *lines)


def _list(options: Options, cam: Camera) -> None:
    """Show what the camera lists of itself."""
    from canon.trace.ptp_names import operation_name, property_name

    operations = {f"{code:#06x}": operation_name(code) for code in sorted(cam.ptp.operations)}
    properties = {f"{code:#06x}": property_name(code) for code in sorted(cam.ptp.properties)}
    rows = (operations | properties).items()
    lines = (code if name == code else f"{code}  {name}" for code, name in rows)
    options.show({"operations": operations, "properties": properties}, *lines)


def _codes(text: str) -> list[int]:
    """The codes of the operations of that name, which PowerShot and EOS may share; or a number."""
    import canon.ptp.eos.layouts  # noqa: F401 # its operations have names, too
    from canon.ptp.operations import operations
    from canon.trace.ptp_names import OPERATIONS

    names = OPERATIONS | {kind.code: kind.__name__ for kind in operations()}
    if codes := sorted(code for code, name in names.items() if name.lower() == text.lower()):
        return codes
    return [
        _number(text, 0xFFFF, "operation; `canon-remote ptp` names those that the camera lists")
    ]


def _number(text: str, most: int, what: str) -> int:
    """A number up to `most`, as 17 or 0x11."""
    try:
        number = int(text, 0)
    except ValueError:
        number = -1
    if not 0 <= number <= most:
        raise click.UsageError(f"{text!r} is no {what}")
    return number


def _bytes(text: str) -> bytes:
    """What --data means: hex digits, or a file."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        return Path(text).read_bytes()


def _dump(data: bytes) -> list[str]:
    """The data for people, sixteen bytes a line."""
    lines = []
    for at in range(0, len(data), _A_LINE):
        part = data[at : at + _A_LINE]
        letters = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in part)
        lines.append(f"{at:08x}  {part.hex(' '):{3 * _A_LINE}} |{letters}|")
    return lines
