"""What the checkers find in a page is told where it stands there (snippets.py)."""

from __future__ import annotations

import pytest
from snippets import check, module

PAGE = """\
# A page

```pycon
>>> import canon
>>> with canon.open() as cam:
...     print(cam.model)
Canon PowerShot G3
```

Text, and what no reader types:

```python
import nothing_of_the_kind
```

```pycon
>>> cam.model + 1
>>> cam = 3
```
"""


def test_a_module_has_its_lines_where_the_page_has_them() -> None:
    assert module(PAGE).splitlines()[3:6] == [
        "import canon",
        "with canon.open() as cam:",
        "    print(cam.model)",
    ]
    assert module(PAGE).split("\n")[16] == "cam.model + 1"
    assert module("# No snippets\n") == ""


@pytest.mark.long
def test_both_checkers_find_a_slip_and_name_its_line() -> None:
    found = list(check({"page.md": module(PAGE), "other.md": "import canon\n"}))
    assert {(file, line) for file, line, _ in found} == {("page.md", 17)}
    assert {text.split(":")[0] for _, _, text in found} == {"mypy", "pyright"}
