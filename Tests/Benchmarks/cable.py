"""A cable between two network namespaces that takes its time: frames arrive some seconds after they were sent, no more bits
a second than it carries. It needs no module of the kernel but tap devices, and a core for itself while it is busy.

    cable.py NAMESPACE ADDRESS NAMESPACE ADDRESS DELAY BITS_PER_SECOND
"""

import collections
import ctypes
import fcntl
import os
import select
import struct
import subprocess
import sys
import time

TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454CA, 0x0002, 0x1000
CLONE_NEWNET = 0x40000000
# Large frames, as a program that passes each of them on is slow at many.
MTU = 32_000


def end(namespace, address):
    """The end of a cable in a namespace, as a file of frames."""
    with open(f"/run/netns/{namespace}") as file:
        if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")
    tap = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tap, TUNSETIFF, struct.pack("16sH", b"cable", IFF_TAP | IFF_NO_PI))
    for command in ["link set lo up", f"address add {address}/24 dev cable", f"link set cable mtu {MTU} up"]:
        subprocess.run(["ip", *command.split()], check=True)
    return tap


class Direction:
    """Frames on their way from one end to the other."""

    def __init__(self, source, destination, delay, bits):
        self.source, self.destination, self.delay, self.bits = source, destination, delay, bits
        self.frames = collections.deque()
        self.free = 0.0

    def take(self):
        while True:
            try:
                frame = os.read(self.source, 65536)
            except BlockingIOError:
                return
            self.free = max(self.free, time.perf_counter()) + len(frame) * 8 / self.bits
            self.frames.append((self.free + self.delay, frame))

    def deliver(self):
        while self.frames and self.frames[0][0] <= time.perf_counter():
            try:
                os.write(self.destination, self.frames[0][1])
            except BlockingIOError:
                return
            self.frames.popleft()


def main():
    delay, bits = float(sys.argv[5]), float(sys.argv[6])
    ends = end(*sys.argv[1:3]), end(*sys.argv[3:5])
    directions = [Direction(*ends, delay, bits), Direction(*ends[::-1], delay, bits)]
    print("ready", flush=True)
    while True:
        # Nothing under way: sleep until there is; else look again and again.
        waits = None if not any(direction.frames for direction in directions) else 0
        select.select(ends, [], [], waits)
        for direction in directions:
            direction.take()
            direction.deliver()


if __name__ == "__main__":
    main()
