"""The log of the library: Python's own, loaded when somebody can hear it."""

from __future__ import annotations

import logging
import subprocess
import sys

import pytest

from canon.log import DEBUG, INFO, WARNING, Log


def run(script: str) -> subprocess.CompletedProcess[str]:
    lines = f"import sys\nfrom canon.log import *\nlog = Log('canon.part')\n{script}"
    return subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=True)


def test_nobody_hears_and_nothing_is_loaded() -> None:
    told = run("log.debug('a'); log.info('b'); log.log(INFO, 'c'); print('logging' in sys.modules)")
    assert (told.stdout, told.stderr) == ("False\n", "")


def test_a_warning_is_heard_always() -> None:
    told = run("log.warning('%d left', 3); print('logging' in sys.modules)")
    assert (told.stdout, told.stderr) == ("True\n", "3 left\n")


def test_what_comes_before_the_first_record_comes_once() -> None:
    told = run(
        "before_the_first(lambda: print('lost'))\n"
        "before_the_first(lambda: print('ready'))\n"
        "log.info('unheard')\nlog.warning('one')\nlog.warning('two')\n"
    )
    assert (told.stdout, told.stderr) == ("ready\n", "one\ntwo\n")


def test_it_is_prepared_also_where_others_have_loaded_logging() -> None:
    told = run("before_the_first(lambda: print('ready'))\nimport logging\nlog.info('unheard')\n")
    assert (told.stdout, told.stderr) == ("ready\n", "")


def test_levels_are_those_of_logging() -> None:
    assert (DEBUG, INFO, WARNING) == (logging.DEBUG, logging.INFO, logging.WARNING)


def test_records_name_who_told(caplog: pytest.LogCaptureFixture) -> None:
    log = Log("canon.part")
    with caplog.at_level(DEBUG, "canon"):
        assert log.is_heard(DEBUG)
        assert not log.is_heard(5)
        log.debug("%s", "one")
        log.info("two")
        log.warning("three")
        log.log(INFO, "four")
        log.log(5, "five")
    assert [record.getMessage() for record in caplog.records] == ["one", "two", "three", "four"]
    assert {record.name for record in caplog.records} == {"canon.part"}
    assert {record.funcName for record in caplog.records} == {"test_records_name_who_told"}
