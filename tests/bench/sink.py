"""A service, and a collector of traces, that reads what it gets and answers with nothing."""
import functools
import re
import socketserver
import threading

PIECE = 256 * 1024


class _Handler(socketserver.BaseRequestHandler):
    """Knows HTTP/1.1 as far as gateways need it here: bodies with a length, or in chunks."""

    def handle(self):
        room, got = bytearray(PIECE), b''
        while True:
            while b'\r\n\r\n' not in got:
                more = self.request.recv(65536)
                if not more:
                    return
                got += more
            head, got = got.split(b'\r\n\r\n', 1)
            length = re.search(rb'(?i)content-length: *(\d+)', head)
            left = int(length.group(1)) if length else 0
            if length is None and b'chunked' in head.lower():
                while not got.endswith(b'0\r\n\r\n'):
                    got = got[-8:] + self.request.recv(PIECE)
                got = b''
            left, got = left - min(left, len(got)), got[left:]
            while left > 0:
                count = self.request.recv_into(room, min(left, PIECE))
                if count == 0:
                    return
                left -= count
            self.request.sendall(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n'
                                 b'Content-Length: 2\r\n\r\n{}')


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = allow_reuse_address = True
    request_queue_size = 256


@functools.cache
def url():
    """It runs in a thread until this program ends."""
    server = _Server(('127.0.0.1', 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f'http://127.0.0.1:{server.server_address[1]}'
