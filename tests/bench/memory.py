"""What the gateways take of memory: at the start, after load, and for connections that wait."""
import re
import resource
import socket
import statistics

import process
from load import Void
from measure import say
from peers import PEERS
from works import WORKS

CONNECTIONS = 10000
MOST_MB, MOST_KB = 16, 2
ROUNDS = 3

# The load of each: its page where it has pages, else its plain route.
LOADS = {'bff': WORKS['dashboard-300'], 'nginx-lua': WORKS['dashboard-300'],
         'nginx': WORKS['plain'], 'haproxy': WORKS['plain']}


def _open(port, path):
    """A connection that has had an answer, and may have more."""
    opened = socket.create_connection(('127.0.0.1', port), 5)
    opened.sendall(f'GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'.encode())
    got, wanted = b'', None
    while wanted is None or len(got) < wanted:
        more = opened.recv(65536)
        if not more:
            raise Void('a connection was closed')
        got += more
        length = re.search(rb'(?is)content-length: (\d+).*\r\n\r\n', got)
        if length is not None:
            wanted = got.index(b'\r\n\r\n') + 4 + int(length.group(1))
    return opened


def _is_open(connection):
    connection.setblocking(False)
    try:
        return connection.recv(1) != b''
    except BlockingIOError:
        return True


def _kilobytes_a_connection(bench, name):
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    count = min(CONNECTIONS, files // 2 - 500)
    with bench.started(name) as peer:
        _open(peer.port, WORKS['plain'].path).close()
        before = process.memory_bytes(peer.pids(), 'Pss')
        opened = []
        try:
            for _ in range(count):
                opened.append(_open(peer.port, WORKS['plain'].path))
            # When a later request has its answer, the earlier ones have been tidied up.
            _open(peer.port, WORKS['plain'].path).close()
            grown = process.memory_bytes(peer.pids(), 'Pss') - before
            if not all(_is_open(connection) for connection in opened):
                raise Void('not all connections were kept')
        finally:
            for connection in opened:
                connection.close()
    return grown / count / 1024


def _megabytes(bench, name):
    """At the start, and after its load."""
    work, peer = LOADS[name], PEERS[name]
    with bench.started(name):
        start = process.memory_bytes(peer.pids(), 'Rss') / 1e6
        length = bench.checked_length(work, peer)
        bench.ask(work, peer, bench.seconds, length)
        return start, process.memory_bytes(peer.pids(), 'Rss') / 1e6


def _row(bench, name):
    starts, loaded, connections = [], [], []
    has_route = name in WORKS['plain'].peers
    for number in range(min(ROUNDS, bench.runs)):
        say(f'Memory: round {number + 1}, {PEERS[name].title}')
        start, after = _megabytes(bench, name)
        starts.append(start)
        loaded.append(after)
        if has_route:
            connections.append(_kilobytes_a_connection(bench, name))
    say('')
    after = statistics.median(loaded)
    cells = [PEERS[name].title, f'{statistics.median(starts):.1f}', f'{after:.1f}',
             f'{statistics.median(connections):.2f}' if has_route else '']
    if name == 'bff':
        cells[2] += _judged(after, MOST_MB)
        cells[3] += _judged(statistics.median(connections), MOST_KB)
    return cells


def _judged(found, most):
    return f' (at most {most}: {"met" if found <= most else "**not met**"})'


def table(bench):
    lines = ['| | RSS at start, MB | RSS after load, MB | KiB for a waiting connection |',
             '| --- | ---: | ---: | ---: |']
    is_void = False
    for name in LOADS:
        try:
            cells = _row(bench, name)
        except (Void, OSError) as void:
            cells, is_void = [PEERS[name].title, 'void', str(void), ''], True
        lines.append('| ' + ' | '.join(cells) + ' |')
    return '\n'.join(lines), is_void
