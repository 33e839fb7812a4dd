"""Goodput: the answers in time of a service whose latency grows under load, with and without limits.
The clients do not wait for answers before they send more, as the users of a site do."""
import asyncio
import random
import statistics

from measure import say
from peers import FILES, HERE, Peer
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

    def connection_made(self, transport):
        self.transport = transport

    async def ask(self):
        """True when the answer is good."""
        self.got, self.answered = b'', asyncio.get_running_loop().create_future()
        self.transport.write(self.request)
        return await self.answered

    def data_received(self, data):
        """The end of a body: all bodies are JSON in one line, without a brace or quote before it."""
        self.got += data
        head, found, body = self.got.partition(b'\r\n\r\n')
        if not found:
            return
        length = int(head.lower().partition(b'content-length: ')[2].split(b'\r\n')[0])
        if len(body) < length or self.answered.done():
            return
        self.free.append(self)
        self.answered.set_result(head.startswith(b'HTTP/1.1 200'))

    def connection_lost(self, error):
        if self in self.free:
            self.free.remove(self)
        elif not self.answered.done():
            self.answered.set_result(False)


async def _offer(port, path, rate, seconds):
    """Sends ${rate} requests a second at random times, whether answers come or not. Returns the good
    answers a second, and the 99th percentile of their times in ms."""
    loop, chance, free, times = asyncio.get_running_loop(), random.Random(path), [], []
    begin = loop.time()
    counted, end, next_at = begin + WARM_S, begin + WARM_S + seconds, begin

    async def ask(asked):
        if free:
            client = free.pop()
        else:
            _, client = await loop.create_connection(lambda: Client(free, path), '127.0.0.1', port)
        is_good = await client.ask()
        took = loop.time() - asked
        if is_good and took <= IN_TIME_S and counted <= asked < end:
            times.append(took)

    waiting = set()
    while next_at < end:
        next_at += chance.expovariate(rate)
        if next_at > loop.time():
            await asyncio.sleep(next_at - loop.time())
        task = loop.create_task(ask(next_at))
        waiting.add(task)
        task.add_done_callback(waiting.discard)
    if waiting:
        await asyncio.wait(waiting, timeout=IN_TIME_S)  # a later answer does not count
    times.sort()
    return len(times) / seconds, (times[len(times) * 99 // 100] * 1e3 if times else None)


def _measured(bench, path, load):
    """In a new process each time, so that nothing is left of an overload."""
    site = bench.site
    started, url = site.ready('queue', ['python3', '-B', f'{HERE}/queue_service.py'])
    peer = Peer('bff', ['@build@/bff-web', '--config', f'{FILES}/bff_goodput.yaml',
                        '--listen', 'http://127.0.0.1:@port@'],
                env={f'{name}_URL': url for name in ('USERS', 'ORDERS', 'PRODUCTS')})
    peer.start(site, 'goodput')
    try:
        return asyncio.run(_offer(peer.port, path, load * CAPACITY, bench.seconds))
    finally:
        peer.stop()
        site.stop(started)


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
