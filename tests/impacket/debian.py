"""Runs an example program of Debian's python3-impacket unchanged, its connections to port 135 going to another port of this computer.

usage: debian.py PROGRAM PORT ARGUMENT…
"""

import glob
import runpy
import socket
import sys

program, port = sys.argv[1], int(sys.argv[2])
(path,) = glob.glob("/usr/share/doc/python3-impacket/examples/%s.py" % program)
connect = socket.socket.connect


def redirected(self, address):
    return connect(self, (address[0], port) if address[1] == 135 else address)


socket.socket.connect = redirected
sys.argv = [path] + sys.argv[3:]
runpy.run_path(path, run_name="__main__")
