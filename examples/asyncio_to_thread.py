"""Take pictures in a program that has an event loop, which goes on meanwhile.

python asyncio_to_thread.py [PORT] [FOLDER]
"""

import asyncio
import sys

import canon


async def tick() -> None:
    """Something else that the program does."""
    while True:
        print("the loop is alive")
        await asyncio.sleep(0.2)


async def main(port: str = "", folder: str = "shots") -> None:
    """Each call goes to a thread and waits there; the loop does not wait with it."""
    other = asyncio.create_task(tick())
    cam = await asyncio.to_thread(canon.open, port)
    try:
        shot = await asyncio.to_thread(cam.capture.shoot, to=f"{folder}/")
        print(*shot.saved)
    finally:
        await asyncio.to_thread(cam.close)
        other.cancel()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
