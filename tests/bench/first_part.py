"""A part that is sent when it settles: the time from a service's answer to the client's byte."""
import http.client
import http.server
import threading
import time

from load import Void
from measure import say
from peers import FILES, Peer

RATE = 50  # samples for each second of a run
PATH = '/api/dashboard/small'
WAIT_S = 10
ROWS = (('a line', 'application/x-ndjson'), ('an event', 'text/event-stream'),
        ('a part of multipart', 'multipart/mixed'), ('from the service, without a gateway', None))


class Services(http.server.ThreadingHTTPServer):
    """All services. That of users answers at once and notes the time; the others answer when the
    client has the user."""
    daemon_threads = True

    def __init__(self):
        super().__init__(('127.0.0.1', 0), Handler)
        self.answered_ns = 0
        self.has_user = threading.Event()

    def handle_error(self, request, client_address):
        """A connection that ends is no error."""

    def url(self):
        return f'http://127.0.0.1:{self.server_address[1]}'


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    disable_nagle_algorithm = True

    def do_GET(self):
        is_user = self.path.startswith('/users/')
        body = b'{"id":"small"}' if is_user else b'[]'
        if not is_user:
            self.server.has_user.wait(WAIT_S)
        answer = (b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n'
                  b'Content-Length: %d\r\n\r\n%s' % (len(body), body))
        if is_user:
            self.server.answered_ns = time.perf_counter_ns()
        self.wfile.write(answer)
        self.wfile.flush()

    def log_message(self, *words):
        pass


def _until(sock, got, text):
    while text not in got:
        more = sock.recv(65536)
        if not more:
            raise Void(f'the answer ends without {text!r}: {got!r}')
        got += more
    return got


def _sample(services, port, path, accept):
    """The microseconds from the answer of the users service to the user at the client."""
    services.has_user.clear()
    connection = http.client.HTTPConnection('127.0.0.1', port, timeout=WAIT_S)
    connection.request('GET', path, headers={'Accept': accept or '*/*'})
    got = _until(connection.sock, b'', b'"id":"small"')
    took_ns = time.perf_counter_ns() - services.answered_ns
    services.has_user.set()
    if accept is not None:
        _until(connection.sock, got, b'"end"')
    connection.close()
    return took_ns / 1e3


def _row(title, times):
    times.sort()
    return (f'| {title} | {times[len(times) // 2]:.0f} | {times[len(times) * 99 // 100]:.0f} | '
            f'{len(times)} |')


def table(bench):
    services = Services()
    threading.Thread(target=services.serve_forever, daemon=True).start()
    names = bench.site.services
    peer = Peer('bff', ['@build@/bff-web', '--config', f'{FILES}/bff.yaml', '--listen',
                        'http://127.0.0.1:@port@'],
                env={f'{name.upper()}_URL': services.url() for name in names})
    times = {title: [] for title, _ in ROWS}
    peer.start(bench.site, 'first-part')
    try:
        for number in range(bench.runs):
            for title, accept in ROWS:
                say(f'First part: round {number + 1} of {bench.runs}, {title}')
                port = services.server_address[1] if accept is None else peer.port
                path = '/users/small' if accept is None else PATH
                times[title] += [_sample(services, port, path, accept)
                                 for _ in range(RATE * bench.seconds)]
    finally:
        say('')
        peer.stop()
        services.shutdown()
    lines = ['| | p50 µs | p99 µs | samples |', '| --- | ---: | ---: | ---: |',
             *(_row(title, found) for title, found in times.items())]
    return '\n'.join(lines), False
