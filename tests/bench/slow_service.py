#!/usr/bin/env python3
"""
Services with two endpoints each, for hedge.py. One call in 20, by chance, takes 500 ms, the others
take 5 ms. The first line of output is JSON: the endpoints of each service. GET /count on the first
endpoint of a service returns the number of its calls.
"""
import asyncio
import json
import random

SERVICES = ('users', 'orders', 'products')
FAST_S, SLOW_S, ONE_IN = 0.005, 0.5, 20


class Connection(asyncio.Protocol):
    def __init__(self, service, counts, chance):
        self.service, self.counts, self.chance = service, counts, chance

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        """A request is short, and comes in one piece."""
        if data.startswith(b'GET /count '):
            self.answer(str(self.counts[self.service]))
            return
        self.counts[self.service] += 1
        is_slow = self.chance.randrange(ONE_IN) == 0
        asyncio.get_running_loop().call_later(SLOW_S if is_slow else FAST_S, self.answer, '"ok"')

    def answer(self, text):
        if not self.transport.is_closing():
            self.transport.write(b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n'
                                 b'content-length: %d\r\n\r\n%b' % (len(text), text.encode()))


async def main():
    loop = asyncio.get_running_loop()
    counts = dict.fromkeys(SERVICES, 0)
    urls = {}
    for service in SERVICES:
        chance = random.Random(service)
        servers = [await loop.create_server(lambda name=service, its=chance:
                                            Connection(name, counts, its), '127.0.0.1', 0)
                   for _ in range(2)]
        urls[service] = [f'http://127.0.0.1:{server.sockets[0].getsockname()[1]}'
                         for server in servers]
    print(json.dumps(urls), flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
