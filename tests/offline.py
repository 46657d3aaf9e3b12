"""Run a command without a network, where the system allows it: python -m tests.offline COMMAND [ARGUMENT ...].

Linux only: a network namespace that holds nothing but the loopback device, over which kernels talk.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
import sys

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1


def enter() -> None:
    """Leave every network but loopback, for this process and its children.

    Raises
    ------
    OSError
        If the system does not allow it.
    """
    flags = CLONE_NEWNET if os.geteuid() == 0 else CLONE_NEWNET | CLONE_NEWUSER
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(flags) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as device:
        request = struct.pack("16sh14x", b"lo", 0)
        (now,) = struct.unpack("16xh14x", fcntl.ioctl(device, SIOCGIFFLAGS, request))
        fcntl.ioctl(device, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", now | IFF_UP))


def main() -> None:
    """Replace this process by the command, cut off where possible."""
    if sys.platform == "linux":
        try:
            enter()
            print("The network is off for this run.", flush=True)
        except OSError as error:
            print(f"The network stays on: the system does not allow cutting it ({error.strerror}).", flush=True)
    os.execvp(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()
