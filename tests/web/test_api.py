"""The HTTP API of the installed command, on each dialect."""

from __future__ import annotations

import hashlib
import io
import socket
import zipfile
from pathlib import Path

import pytest
from serving import BODIES, news, serving

ALL = pytest.mark.parametrize("ident", BODIES)


@ALL
def test_an_evening_over_http(ident: str, tmp_path: Path) -> None:
    with serving(tmp_path / "pictures", "--port", BODIES[ident]) as served:
        known = served.wait_for(ident, state="ready")
        assert known["model"].startswith("Canon ")
        here = f"/cameras/{ident}"
        listed = served.http.get(f"{here}/files").json()
        assert listed["total"] == len(listed["files"]) > 0
        times = [one["modified"] for one in listed["files"]]
        assert times == sorted(times, reverse=True)
        first = listed["files"][-1]["path"]

        whole = served.http.get(f"{here}/files/{first}")
        assert len(whole.content) == listed["files"][-1]["size"]
        assert "attachment" in whole.headers["content-disposition"]
        part = served.http.get(f"{here}/files/{first}", headers={"range": "bytes=10-19"})
        assert part.status_code == 206
        assert part.content == whole.content[10:20]
        assert served.http.get(f"{here}/thumbnails/{first}").content[:2] == b"\xff\xd8"
        assert served.http.get(f"{here}/exif/{first}").json()["maker"] == "Canon"

        paths = [one["path"] for one in listed["files"]]
        made = served.http.post(f"{here}/zip", json={"paths": paths[:1]}).json()
        more = {"paths": paths, "add_to": made["number"]}
        made = served.http.post(f"{here}/zip", json=more).json()
        assert made["files"] == len(paths)
        packed = served.http.get(made["url"])
        assert len(packed.content) == made["size"] == int(packed.headers["content-length"])
        with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
            assert len(set(archive.namelist())) == len(paths)
            data = archive.read(archive.namelist()[-1])
        assert hashlib.sha256(data).digest() == hashlib.sha256(whole.content).digest()

        shot = served.http.post(f"{here}/release", json={"target": "host"}).json()
        assert Path(shot["saved"][0]).read_bytes()[:2] == b"\xff\xd8"
        shot = served.http.post(f"{here}/release", json={"target": "card"}).json()
        again = served.http.get(f"{here}/files").json()
        assert shot["card"][0] in [one["path"] for one in again["files"]]

        gone = served.http.post(f"{here}/delete", json={"paths": [first, "DCIM/NONE.JPG"]}).json()
        assert [one["error"] and one["error"]["kind"] for one in gone] == [None, "ObjectNotFound"]
        assert served.http.get(f"{here}/files/{first}").status_code == 404


@ALL
def test_settings_are_told_as_they_change(ident: str, tmp_path: Path) -> None:
    with serving(tmp_path, "--port", BODIES[ident]) as served:
        served.wait_for(ident, state="ready")
        here = f"/cameras/{ident}"
        with served.http.stream("GET", "/events") as events:
            changes = news(events.iter_lines())
            assert next(changes)[0] == "snapshot"
            assert served.http.put(f"{here}/remote", json={"on": True}).status_code == 200
            first = next(told for kind, told in changes if kind == "settings")
            assert first["changed"]["iso"]["allowed"]
            isos = {"settings": {"iso": 200}}
            assert served.http.patch(f"{here}/settings", json=isos).status_code == 200
            told = next(told for kind, told in changes if kind == "settings")
            assert told["changed"]["iso"]["label"] == "200"
        refused = served.http.patch(f"{here}/settings", json={"settings": {"iso": 51200}})
        assert refused.status_code == 422
        assert "200" in refused.json()["error"]["allowed"]
        assert served.http.get(f"{here}/settings").json()["iso"]["label"] == "200"


@ALL
def test_live_view_for_other_programs(ident: str, tmp_path: Path) -> None:
    with serving(tmp_path, "--port", BODIES[ident]) as served:
        served.wait_for(ident, state="ready")
        with served.http.stream("GET", f"/cameras/{ident}/live.mjpg") as film:
            assert film.headers["content-type"].startswith("multipart/x-mixed-replace")
            data = b""
            for piece in film.iter_bytes():
                data += piece
                if data.count(b"--frame\r\n") == 5:
                    break
        assert data.count(b"\xff\xd8\xff") >= 4
        served.wait_for(ident, live=False)


def test_who_leaves_before_a_thumbnail_comes(tmp_path: Path) -> None:
    """The camera waits for its self-timer; then nobody wants the thumbnails any more."""
    with serving(tmp_path, "--port", "virtual:powershot-g3?pace=real") as served:
        served.wait_for("powershot-g3", state="ready")
        here = "/cameras/powershot-g3"
        files = [one["path"] for one in served.http.get(f"{here}/files").json()["files"]]
        host, port = served.base.removeprefix("http://").split(":")

        def asked(line: str, body: str = "") -> socket.socket:
            found = socket.create_connection((host, int(port)))
            length = f"Content-Length: {len(body)}\r\n" if body else ""
            head = f"{line} HTTP/1.1\r\nHost: {host}:{port}\r\n{length}\r\n{body}"
            found.sendall(head.encode())
            return found

        with asked(f"POST {here}/release", '{"delay_s": 2}') as released:
            served.wait_for("powershot-g3", state="busy")
            for path in files:
                asked(f"GET {here}/thumbnails/{path}").close()
            assert released.recv(100).startswith(b"HTTP/1.1 200")
        assert served.http.get(f"{here}/thumbnails/{files[0]}").status_code == 200
