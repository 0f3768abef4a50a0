"""No answer of an EOS, however made, brings anything but our errors, a loop, or much memory."""

from __future__ import annotations

import pytest
from attack import VERBS, Verb, attack
from hostile_ptp_camera import HostilePtpCamera, Trick, What
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_hostile_ptp import tricks

from canon.camera import Camera
from canon.virtual.port import VirtualPort
from rigs.bodies import ptp_row

EXAMPLES = 100
START = 3
MORE: dict[str, Verb] = {
    "to the card": lambda cam: cam.capture.shoot(target="card", timeout_s=5),
    "both": lambda cam: cam.capture.shoot(target="both", timeout_s=5),
    "custom functions": lambda cam: cam.custom_functions.read(),
    "set the iso": lambda cam: cam.settings.set(iso="200"),
}
EOS_VERBS = {name: verb for name, verb in VERBS.items() if name != "set file time"} | MORE


@pytest.mark.parametrize("verb", sorted(MORE))
def test_without_tricks_every_verb_works(verb: str) -> None:
    camera = HostilePtpCamera(ptp_row("eos-60d"))
    with Camera(lambda: VirtualPort(camera), "honest") as cam:
        EOS_VERBS[verb](cam)


@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(["eos-40d", "eos-60d", "eos-m10", "eos-r6"]),
    st.lists(tricks, max_size=40),
    st.lists(st.sampled_from(sorted(EOS_VERBS)), min_size=1, max_size=4),
)
def test_no_answer_brings_anything_but_our_errors(
    body: str, made_up: list[Trick], verbs: list[str]
) -> None:
    attack(HostilePtpCamera(ptp_row(body), made_up), [*verbs, "ready"], EOS_VERBS)


@pytest.mark.parametrize("verb", sorted(MORE))
@pytest.mark.parametrize("what", list(What), ids=lambda what: what.name)
def test_the_same_trick_for_ever(verb: str, what: What) -> None:
    always = Trick(what, 0xFFFFFFFF, b"\xff" * 192)
    camera = HostilePtpCamera(ptp_row("eos-60d"), [Trick(What.HONEST)] * START, always)
    attack(camera, [verb, verb], EOS_VERBS)
