"""Goodput: the answers in time of a service whose latency grows under load, with and without limits.
The clients do not wait for answers before they send more, as the users of a site do."""
import asyncio
import json
import random
import statistics
import time

from measure import say
from peers import FILES, HERE, Failed, Peer, complaint
from queue_service import CAPACITY, SERVERS, SERVICE_S, SLOWER

LOADS = (0.5, 0.9, 1.2, 2, 3)  # times the capacity
WARM_S, IN_TIME_S = 2, 1.5
ROUNDS = 3
LEAST = 0.9  # of the best goodput
ROWS = (('no limit, no breaker', '/nothing'), ('the breaker', '/breaker'),
        ('`max_in_flight: 10`, and the breaker', '/limit'))


class Client(asyncio.Protocol):
    """A connection with one request at a time, kept in ${free} meanwhile."""

    def __init__(self, free, path):
        self.free = free
        self.request = f'GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'.encode()
        self.got, self.done = b'', None

    def connection_made(self, transport):
        self.transport = transport

    def ask(self, done):
        self.got, self.done = b'', done
        self.transport.write(self.request)

    def data_received(self, data):
        """The end of a body: all bodies are JSON in one line, without a brace or quote before it."""
        self.got += data
        head, found, body = self.got.partition(b'\r\n\r\n')
        if not found:
            return
        length = int(head.lower().partition(b'content-length: ')[2].split(b'\r\n')[0])
        if len(body) < length or self.done is None:
            return
        done, self.done = self.done, None
        self.free.append(self)
        done(head.startswith(b'HTTP/1.1 200'))

    def connection_lost(self, error):
        if self in self.free:
            self.free.remove(self)


async def _offer(port, path, rate, seconds):
    """Returns the good answers a second to ${rate} requests a second, and the 99th percentile of
    their times in ms."""
    loop, chance, free, times = asyncio.get_running_loop(), random.Random(path), [], []
    begin = loop.time()
    counted, end, next_at = begin + WARM_S, begin + WARM_S + seconds, begin

    async def ask(asked):
        if free:
            client = free.pop()
        else:
            _, client = await loop.create_connection(lambda: Client(free, path), '127.0.0.1', port)

        def done(is_good):
            took = loop.time() - asked
            if is_good and took <= IN_TIME_S and counted <= asked < end:
                times.append(took)

        client.ask(done)

    tasks = set()
    while next_at < end:
        next_at += chance.expovariate(rate)
        if next_at > loop.time():
            await asyncio.sleep(next_at - loop.time())
        task = loop.create_task(ask(next_at))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.sleep(IN_TIME_S)
    times.sort()
    return len(times) / seconds, (times[len(times) * 99 // 100] * 1e3 if times else None)


def _start_service(site):
    directory = f'{site.work}/queue'
    started = site.run(directory, ['python3', '-B', f'{HERE}/queue_service.py'], site.load_core)
    for _ in range(100):
        with open(f'{directory}/stdout') as file:
            lines = file.readlines()
        if lines and lines[-1].endswith('\n'):
            return started, json.loads(lines[-1])
        time.sleep(0.05)
    raise Failed(f'the queue service did not start: {complaint(started)}')


def _measured(bench, path, load):
    """In a new process each time, so that nothing is left of an overload."""
    site = bench.site
    started, url = _start_service(site)
    peer = Peer('bff', ['@build@/bff-web', '--config', f'{FILES}/bff_goodput.yaml',
                        '--listen', 'http://127.0.0.1:@port@'],
                env={f'{name}_URL': url for name in ('USERS', 'ORDERS', 'PRODUCTS')})
    peer.start(site, 'goodput')
    try:
        return asyncio.run(_offer(peer.port, path, load * CAPACITY, bench.seconds))
    finally:
        peer.stop()
        site.stop(started)
        open(f'{site.work}/queue/stdout', 'w').close()


def _rounds(bench):
    """What was measured of each row and each load."""
    found = {title: [[] for _ in LOADS] for title, _ in ROWS}
    rounds = min(ROUNDS, bench.runs)
    for number in range(rounds):
        for title, path in ROWS:
            for place, load in enumerate(LOADS):
                say(f'Goodput: round {number + 1} of {rounds}, {title}, {load} times the capacity')
                found[title][place].append(_measured(bench, path, load))
    say('')
    return found


def _medians(runs):
    times = [p99_ms for _, p99_ms in runs if p99_ms is not None]
    return statistics.median(rate for rate, _ in runs), statistics.median(times) if times else None


def _cell(rate, p99_ms):
    return f'{rate:.0f}' + (f' ({p99_ms:.0f} ms)' if p99_ms is not None else '')


def table(bench):
    found = {title: [_medians(runs) for runs in cells] for title, cells in _rounds(bench).items()}
    heads = [f'{load:g} x' for load in LOADS]
    lines = [f'| offered: times {CAPACITY:.0f}/s | ' + ' | '.join(heads) + ' |',
             '| --- |' + ' ---: |' * len(heads)]
    for title, cells in found.items():
        lines.append(f'| {title} | ' + ' | '.join(_cell(*cell) for cell in cells) + ' |')
    best = max(rate for cells in found.values() for rate, _ in cells)
    limited = [rate for (rate, _), load in zip(found[ROWS[-1][0]], LOADS) if load > 1]
    share = min(limited) / best
    lines += ['', f'Above the capacity, the goodput with `max_in_flight` is at least '
              f'{100 * share:.0f} % of the best, {best:.0f}/s (at least {100 * LEAST:.0f} %: '
              f'{"met" if share >= LEAST else "**not met**"}). Each service has {SERVERS} places '
              f'and needs {1000 * SERVICE_S:.0f} ms, and {100 * SLOWER:g} % more for each '
              f'request that waits in it.']
    return '\n'.join(lines), share < LEAST
