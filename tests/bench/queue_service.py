#!/usr/bin/env python3
"""
A service whose latency grows under load, for goodput.py: a queue in front of SERVERS servers. A
request takes SERVICE_S, and longer when more requests than servers are in the house, because they
compete for memory and locks. A request is worked off even when its client has left, as most services
do. The first line of output is JSON: its URL.
"""
import asyncio
import json

SERVERS, SERVICE_S = 8, 0.04
CAPACITY = SERVERS / SERVICE_S  # requests a second, when there is no other one in the house
SLOWER = 0.005  # a request takes so much longer for each request that waits


class House:
    def __init__(self):
        self.waiting, self.busy = [], 0

    def come(self, done):
        self.waiting.append(done)
        self.work()

    def work(self):
        while self.busy < SERVERS and self.waiting:
            done = self.waiting.pop(0)
            self.busy += 1
            seconds = SERVICE_S * (1 + SLOWER * len(self.waiting))
            asyncio.get_running_loop().call_later(seconds, self.end, done)

    def end(self, done):
        self.busy -= 1
        done()
        self.work()


class Connection(asyncio.Protocol):
    def __init__(self, house):
        self.house = house

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        """A request is short, and comes in one piece."""
        self.house.come(self.answer)

    def answer(self):
        if not self.transport.is_closing():
            self.transport.write(b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n'
                                 b'content-length: 4\r\n\r\n"ok"')


async def main():
    house = House()
    server = await asyncio.get_running_loop().create_server(lambda: Connection(house),
                                                            '127.0.0.1', 0, backlog=4096)
    print(json.dumps(f'http://127.0.0.1:{server.sockets[0].getsockname()[1]}'), flush=True)
    await asyncio.Event().wait()


if __name__ == '__main__':
    asyncio.run(main())
