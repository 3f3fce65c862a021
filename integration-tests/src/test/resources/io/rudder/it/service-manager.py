"""A stand-in for the service manager as far as sd_notify(3) and its store of file descriptors go.

usage: service-manager.py SOCKET

A line on the standard input is a command to start, in place of the one that runs. Told are "ready N" for the N-th
READY=1, and "ended STATUS".
"""
import array
import os
import shlex
import signal
import socket
import sys
import threading

FIRST = 3
OUT_OF_THE_WAY = 100
# Whoever asks for a removal is not told when it is done.
LATE_SECONDS = 0.1
store = {}
child = 0


def close(descriptors):
    for descriptor in descriptors:
        os.close(descriptor)


def listen(notified):
    ready = 0
    while True:
        data, ancillary, _, _ = notified.recvmsg(65536, socket.CMSG_SPACE(64 * 4))
        descriptors = array.array("i")
        for level, kind, content in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                descriptors.frombytes(content)
        for descriptor in descriptors:
            os.set_inheritable(descriptor, False)
        told = dict(line.split("=", 1) for line in data.decode().splitlines() if "=" in line)
        if told.get("FDSTORE") == "1":
            store.setdefault(told["FDNAME"], []).extend(descriptors)
        elif told.get("FDSTOREREMOVE") == "1":
            threading.Timer(LATE_SECONDS, close, [store.pop(told["FDNAME"], [])]).start()
        if told.get("READY") == "1":
            ready += 1
            print("ready", ready, flush=True)


def become(command):
    """Replaces this process by the command, with all that is stored as its descriptors 3 and up."""
    kept = [(name, descriptor) for name, descriptors in store.items() for descriptor in descriptors]
    for index, (_, descriptor) in enumerate(kept):
        os.dup2(descriptor, OUT_OF_THE_WAY + index, inheritable=False)
    for index in range(len(kept)):
        os.dup2(OUT_OF_THE_WAY + index, FIRST + index)
    if kept:
        os.environ["LISTEN_PID"] = str(os.getpid())
        os.environ["LISTEN_FDS"] = str(len(kept))
        os.environ["LISTEN_FDNAMES"] = ":".join(name for name, _ in kept)
    os.execvp(command[0], command)


def end():
    global child
    if child:
        os.kill(child, signal.SIGTERM)
        print("ended", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
        child = 0


def main():
    global child
    notified = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    notified.bind(sys.argv[1])
    os.environ["NOTIFY_SOCKET"] = sys.argv[1]
    threading.Thread(target=listen, args=(notified,), daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        for line in sys.stdin:
            end()
            child = os.fork()
            if child == 0:
                try:
                    become(shlex.split(line))
                finally:
                    os._exit(127)
    finally:
        end()


main()
