"""Write what the lens sees to stdout as MJPEG, for a player, an encoder or a virtual webcam.

python frames_to_ffmpeg.py [PORT] [COUNT] | ffplay -f mjpeg -
python frames_to_ffmpeg.py | ffmpeg -use_wallclock_as_timestamps 1 -f mjpeg -i - film.mkv
"""

import itertools
import sys

import canon


def main(port: str = "", count: str = "") -> None:
    """Write frames until the count is reached, or until nobody reads them."""
    with canon.open(port) as cam:
        for frame in itertools.islice(cam.live, int(count) if count else None):
            try:
                sys.stdout.buffer.write(frame)
                sys.stdout.buffer.flush()
            except BrokenPipeError:
                sys.stderr.close()  # Python would complain of the same once more
                return


if __name__ == "__main__":
    main(*sys.argv[1:])
