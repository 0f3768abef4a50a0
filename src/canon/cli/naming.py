"""How verbs name files by a template."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from canon.work.sorting import Sorting

TEMPLATE = click.option(
    "--template",
    metavar="TEMPLATE",
    help="How files are named below DIR, as in {time:%Y/%Y-%m-%d}/{name}.",
)
JOB = click.option(
    "--job", metavar="NAME", default="", help="What {job} in the template stands for."
)


def sorting_by(template: str | None, job: str, output: str, *, overwrite: bool) -> Sorting | None:
    """What names files by the template that was typed; None where none was.

    Raises:
        click.UsageError: there is a template, and stdout to write to; or a job, and no template.
        ValueError: the template cannot be used.
    """
    if template is None:
        if job:
            raise click.UsageError("--job is for a --template with {job}")
        return None
    if output == "-":
        raise click.UsageError("what goes to stdout has no name; leave --template or -o - out")
    from canon.work.sorting import Sorting
    from canon.work.template import Template

    return Sorting(output, Template(template), job=job, overwrite=overwrite)
