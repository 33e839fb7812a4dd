"""A dead service beside healthy ones: what it costs the pages and routes that do not need it."""
import asyncio
import statistics
import threading

from load import http1_times
from measure import say
from peers import FILES, Peer

CONNECTIONS = 64   # of each of the two groups of clients
PERIOD_S = 0.2     # from one request of a client of the dead service to its next one, at least
OTHER = '/api/dashboard/small'  # has a part of orders
ASKED = (('product page', '/api/products/small'), ('plain route', '/api/users/small'))
REFUSES = 'http://127.0.0.1:1'


class Others:
    """The clients of the page with the dead service, and a service that accepts connections and
    never answers. Both run in a thread of their own, from enter to exit."""

    def __enter__(self):
        self.loop, self.clients = asyncio.new_event_loop(), []
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        self.frozen = self._run(self._listen())
        return self

    def __exit__(self, *what):
        self.leave()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()

    def _run(self, what):
        return asyncio.run_coroutine_threadsafe(what, self.loop).result()

    async def _listen(self):
        async def hang(reader, writer):
            while await reader.read(65536):
                pass
            writer.close()

        server = await asyncio.start_server(hang, '127.0.0.1', 0)
        return f'http://127.0.0.1:{server.sockets[0].getsockname()[1]}'

    async def _ask(self, port, number):
        """Asks at fixed times, because the rate is what the load is. Each client has its own times,
        so that requests do not come in bursts."""
        next_at = self.loop.time() + number * PERIOD_S / CONNECTIONS
        reader, writer = await asyncio.open_connection('127.0.0.1', port)
        request = f'GET {OTHER} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'.encode()
        while True:
            while next_at < self.loop.time():
                next_at += PERIOD_S
            await asyncio.sleep(next_at - self.loop.time())
            writer.write(request)
            head = await reader.readuntil(b'\r\n\r\n')
            body = int(head.lower().partition(b'content-length: ')[2].split(b'\r\n')[0])
            await reader.readexactly(body)
            self.answers += 1
            self.failed += b'proxy-status' in head.lower()

    async def _start(self, port):
        self.answers, self.failed = 0, 0
        self.clients = [self.loop.create_task(self._ask(port, number))
                        for number in range(CONNECTIONS)]

    async def _leave(self):
        for client in self.clients:
            client.cancel()
        await asyncio.gather(*self.clients, return_exceptions=True)
        self.clients = []

    def come(self, port):
        self._run(self._start(port))

    def leave(self):
        self._run(self._leave())


def _peers(frozen):
    def peer(orders, **env):
        return Peer('bff', ['@build@/bff-web', '--config', f'{FILES}/bff_dead.yaml',
                            '--listen', 'http://127.0.0.1:@port@'], env={**orders, **env})

    return {'well': peer({}),
            'refuses connections': peer({'ORDERS_URL': REFUSES}),
            'is frozen': peer({'ORDERS_URL': frozen}),
            'is frozen, `breaker: off`': peer({'ORDERS_URL': frozen}, BREAKER='off')}


def _measured(bench, peer, others):
    """p50 and p99 in ms of each of ASKED; then the other clients' answers a second, and the share
    of them without the orders."""
    peer.start(bench.site, 'dead')
    core, found = bench.site.load_core, []
    try:
        others.come(peer.port)
        http1_times(peer.url(ASKED[0][1]), 2, core, CONNECTIONS)  # the breaker opens in this time
        others.answers = others.failed = 0
        for _, path in ASKED:
            times = http1_times(peer.url(path), bench.seconds, core, CONNECTIONS)
            found += [times[len(times) // 2] / 1e3, times[len(times) * 99 // 100] / 1e3]
        rate = others.answers / (len(ASKED) * bench.seconds)
        return [*found, rate, 100 * others.failed / max(1, others.answers)]
    finally:
        others.leave()
        peer.stop()


def _row(title, found):
    middle = [statistics.median(column) for column in zip(*found)]
    p99 = [f'{middle[at]:.2f} ({min(run[at] for run in found):.2f} to '
           f'{max(run[at] for run in found):.2f})' for at in (1, 3)]
    return (f'| {title} | {middle[0]:.2f} | {p99[0]} | {middle[2]:.2f} | {p99[1]} | '
            f'{middle[4]:.0f} | {middle[5]:.0f} |')


def table(bench):
    with Others() as others:
        peers = _peers(others.frozen)
        found = {title: [] for title in peers}
        for number in range(bench.runs):
            for title, peer in peers.items():
                say(f'Dead service: round {number + 1} of {bench.runs}, orders: {title}')
                found[title].append(_measured(bench, peer, others))
        say('')
    heads = [f'{title} {column}' for title, _ in ASKED for column in ('p50 ms', 'p99 ms')]
    lines = [f'| the orders service | {" | ".join(heads)} | dashboards/s | without orders % |',
             '| --- |' + ' ---: |' * 6, *(_row(title, runs) for title, runs in found.items())]
    return '\n'.join(lines), False
