"""With this folder in PYTHONPATH, connections to Google's names end at GOOGLE_IS_AT=ADDRESS:PORT.

It replaces DNS and port 443 and nothing else: the requested name, its certificate and the Host
header stay as they are. Python imports it before the program begins.
"""

import os
import socket

_ADDRESS, _PORT = os.environ["GOOGLE_IS_AT"].rsplit(":", 1)
_AT = (_ADDRESS, int(_PORT))
_resolve, _connect = socket.getaddrinfo, socket.socket.connect


def _require_google(host):
    if not str(host).endswith((".google.com", ".googleapis.com")):
        raise OSError(f"this program may talk to Google only, not to {host}")


def _resolve_google(host, port, *args, **options):
    _require_google(host)
    return _resolve(*_AT, *args, **options)


# Some clients pass the name to connect, others the address that they have resolved.
def _connect_to_google(self, address):
    if address[:2] != _AT:
        _require_google(address[0])
    return _connect(self, _AT)


socket.getaddrinfo, socket.socket.connect = _resolve_google, _connect_to_google
