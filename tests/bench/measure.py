"""One work, measured in rounds: each peer once a round, each time in a new process."""
import json
import sys
import time
from dataclasses import dataclass

import process
from load import Load, Void, http1, http1_exact, http2
from peers import PEERS, Failed, token

# Until Node has compiled what is asked for often: so many answers, but no more than so many times.
WARM_SECONDS, WARM_ANSWERS, WARM_TIMES = 2, 3000, 4


@dataclass
class Run:
    cpu_us: float     # of the gateway, for a request
    load: Load
    rss_bytes: int
    others: float     # the share of the gateway's core that others took


def say(text):
    """How far it is; for those who look on."""
    if sys.stderr.isatty():
        print(f'\r\033[K{text}', end='', file=sys.stderr, flush=True)


class Bench:
    def __init__(self, site, options):
        self.site, self.seconds, self.runs = site, options.seconds, options.runs
        self.expected = {}

    def rounds(self, work):
        """The runs of each peer; of one with a void run, why it is void."""
        runs = {name: [] for name in work.peers}
        for number in range(self.runs):
            for name in work.peers:
                if isinstance(runs[name], str):
                    continue
                say(f'{work.title}: round {number + 1} of {self.runs}, {PEERS[name].title}')
                try:
                    runs[name].append(self.run(work, name))
                except Void as void:
                    runs[name] = str(void)
        say('')
        return runs

    def check(self, work):
        """Measures nothing: does everybody start, and answer as bff does?"""
        for name in work.peers:
            peer = PEERS[name]
            with self.started(name):
                length = self.checked_length(work, peer)
                print(f'{work.title}: {peer.title} answers with {length} bytes', flush=True)

    def started(self, name):
        return Started(self.site, name)

    def run(self, work, name):
        peer = PEERS[name]
        with self.started(name):
            length = self.checked_length(work, peer)
            self.warm(work, peer, length)
            peer.empty_log()
            return self.measured(work, peer, length)

    def warm(self, work, peer, length):
        answers = 0
        for _ in range(WARM_TIMES):
            if answers < WARM_ANSWERS:
                answers += self.ask(work, peer, WARM_SECONDS, length, look=True).requests

    def checked_length(self, work, peer):
        """Of the body, once it is known to be what it has to be: bff's, who came first."""
        path = peer.path or work.path
        body = peer.answer(path, headers(work, peer), work.streams != 0)
        try:
            answer = json.loads(body)
        except ValueError:
            raise Failed(f'{peer.title} answers {path} with no JSON: {body[:300]!r}') from None
        answer.pop('loadedAt', None)
        if answer != self.expected.setdefault(path, answer):
            raise Failed(f'{peer.title} answers {path} with something else than bff: '
                         f'{body[:600]!r}')
        if peer.accept is not None:
            self.check_stream(peer.answer(path, loaded(work, peer)), len(body), peer)
        if peer.coding is None:
            return len(body)
        coded = peer.answer(path, loaded(work, peer))
        if len(coded) * 2 > len(body):
            raise Failed(f'{peer.title} does not compress {path}')
        return len(coded)

    @staticmethod
    def check_stream(body, length, peer):
        """The length of a stream varies, because its end has times. It is longer than the JSON."""
        if b'"order"' not in body or b'"end"' not in body or len(body) <= length:
            raise Failed(f'{peer.title} sends no stream: {body[:600]!r}')

    def ask(self, work, peer, seconds, length, look=False):
        url, core = peer.url(peer.path or work.path, work.streams != 0), self.site.load_core
        if work.streams != 0:
            return http2(url, seconds, core, connections=work.connections,
                         streams=work.streams, body_length=length)
        if work.is_exact and not look:
            return http1_exact(url, seconds, core, connections=work.connections,
                               body_length=length)
        return http1(url, seconds, core, connections=work.connections,
                     headers=loaded(work, peer), body_length=length,
                     look=look and peer.accept is None)

    def measured(self, work, peer, length):
        peer.guard()
        pids, core = peer.pids(), self.site.gateway_core
        cpu, busy, began = process.cpu_seconds(pids), process.core_busy_seconds(core), time.time()
        seen = self.ask(work, peer, self.seconds, length)
        cpu = process.cpu_seconds(pids) - cpu
        busy, wall = process.core_busy_seconds(core) - busy, time.time() - began
        peer.guard()
        if peer.pids() != pids or cpu <= 0:
            raise Void(f'the processes of {peer.title} have changed')
        seen.p50_ms -= work.offset_ms
        seen.p95_ms -= work.offset_ms
        seen.p99_ms -= work.offset_ms
        return Run(cpu * 1e6 / seen.requests, seen, process.memory_bytes(pids, 'Rss'),
                   max(0, busy - cpu) / wall)


class Started:
    """A peer, from its start to its end."""

    def __init__(self, site, name):
        self.site, self.name, self.peer = site, name, PEERS[name]

    def __enter__(self):
        self.peer.start(self.site, self.name)
        return self.peer

    def __exit__(self, *what):
        self.peer.stop()


def headers(work, peer):
    return [f'Authorization: Bearer {token()}'] if work.token else peer.headers


def loaded(work, peer):
    """The header lines of the load: its answers may be compressed, or streams."""
    coding = [] if peer.coding is None else [f'Accept-Encoding: {peer.coding}']
    accept = [] if peer.accept is None else [f'Accept: {peer.accept}']
    return [*headers(work, peer), *coding, *accept]
