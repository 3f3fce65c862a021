"""connections.py serve ADDRESS PORT, connections.py connect ADDRESS PORT SECONDS

TCP connections opened and closed one after the other; 'connect' prints how many a second.
"""
import socket
import sys
import time

# Each leaves a local port in TIME_WAIT, and there are some 28,000 of them.
MAX_CONNECTIONS = 20000


def serve(address, port):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, int(port)))
    listener.listen(1024)
    while True:
        connection, _ = listener.accept()
        connection.recv(1)  # until the client has closed: TIME_WAIT stays with it
        connection.close()


def connect(address, port, seconds):
    count, start = 0, time.monotonic()
    while count < MAX_CONNECTIONS and time.monotonic() < start + float(seconds):
        connection = socket.socket()
        connection.settimeout(2)
        connection.connect((address, int(port)))
        connection.close()
        count += 1
    print(f"{count / (time.monotonic() - start):.0f}")


if __name__ == "__main__":
    {"serve": serve, "connect": connect}[sys.argv[1]](*sys.argv[2:])
