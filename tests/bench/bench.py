#!/usr/bin/env python3
"""
Measures bff beside other gateways: processor time for each request, above all. ./dev bench builds
what is needed and runs this; docs/performance.md says how it is done and what it means.

The gateway has a core for itself, load and services share another. Runs are interleaved: each
round measures every peer once, each time in a new process, and the median of the rounds counts.
"""
import argparse
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import dataclass

import process
import report
from load import Load, Void, http1, http2
from peers import PEERS, Failed, Site, token
from works import WORKS

WARM_SECONDS = 1


@dataclass
class Run:
    cpu_us: float       # of the gateway, for a request
    load: Load
    rss_bytes: int
    others: float       # share of the gateway's core that others took


def without_time(body):
    answer = json.loads(body)
    answer.pop('loadedAt', None)
    return answer


class Bench:
    def __init__(self, site, seconds):
        self.site, self.seconds = site, seconds
        self.expected = {}

    def checked_length(self, work, peer, headers):
        """Of the body, once it is known to be what it has to be: bff's, which came first."""
        body = peer.answer(work.path, headers, work.streams != 0)
        try:
            answer = without_time(body)
        except ValueError:
            raise Failed(f'{peer.title} answers {work.path} with no JSON: {body[:300]!r}')
        if answer != self.expected.setdefault(work.path, answer):
            raise Failed(f'{peer.title} answers {work.path} with something else than bff: '
                         f'{body[:600]!r}')
        return len(body)

    def ask(self, work, peer, headers, seconds, *, length, look=False):
        url, core = peer.url(work.path, work.streams != 0), self.site.load_core
        if work.streams != 0:
            return http2(url, seconds, core, connections=work.connections,
                         streams=work.streams, body_length=length)
        return http1(url, seconds, core, connections=work.connections, headers=headers,
                     body_length=length, look=look)

    def run(self, work, name):
        peer = PEERS[name]
        headers = self.headers(work, peer)
        peer.start(self.site, name)
        try:
            length = self.checked_length(work, peer, headers)
            self.ask(work, peer, headers, WARM_SECONDS, length=length, look=True)
            peer.empty_log()
            return self.measured(work, peer, headers, length)
        finally:
            peer.stop()

    def measured(self, work, peer, headers, length):
        peer.guard()
        pids, core = peer.pids(), self.site.gateway_core
        cpu, busy, began = process.cpu_seconds(pids), process.core_busy_seconds(core), time.time()
        seen = self.ask(work, peer, headers, self.seconds, length=length)
        cpu = process.cpu_seconds(pids) - cpu
        busy, wall = process.core_busy_seconds(core) - busy, time.time() - began
        peer.guard()
        if peer.pids() != pids or cpu <= 0:
            raise Void(f'the processes of {peer.title} have changed')
        seen.p50_ms -= work.offset_ms
        seen.p99_ms -= work.offset_ms
        return Run(cpu * 1e6 / seen.requests, seen, process.memory_bytes(pids, 'Rss'),
                   max(0, busy - cpu) / wall)

    def check(self, work):
        """Only: does everybody start, and answer as bff does?"""
        for name in work.peers:
            peer = PEERS[name]
            peer.start(self.site, name)
            try:
                length = self.checked_length(work, peer, self.headers(work, peer))
                print(f'{work.title}: {peer.title} answers with {length} bytes', flush=True)
            finally:
                peer.stop()

    @staticmethod
    def headers(work, peer):
        return [f'Authorization: Bearer {token()}'] if work.token else peer.headers

    def rounds(self, work, count):
        """The runs of each peer; of one with a void run, why."""
        runs = {name: [] for name in work.peers}
        for number in range(count):
            for name in work.peers:
                say(f'{work.title}: round {number + 1} of {count}, {PEERS[name].title}')
                if isinstance(runs[name], str):
                    continue
                try:
                    runs[name].append(self.run(work, name))
                except Void as void:
                    runs[name] = str(void)
        return runs


def say(text):
    if sys.stderr.isatty():
        print(f'\r\033[K{text}', end='', file=sys.stderr, flush=True)


def chosen(names):
    """A name stands for all that begin with it: "dashboard" for three."""
    works = [work for work in WORKS if not names or any(work.startswith(name) for name in names)]
    for name in names:
        if not any(work.startswith(name) for work in works):
            sys.exit(f'no such work: {name}; there are {", ".join(WORKS)}')
    return works


def arguments():
    parser = argparse.ArgumentParser(
        prog='./dev bench', epilog=f'Works: {", ".join(WORKS)}. A beginning names all that have it.')
    parser.add_argument('works', nargs='*', metavar='NAME', help='what to measure; default: all')
    parser.add_argument('--seconds', type=int, default=5, help='of each run (default: 5)')
    parser.add_argument('--runs', type=int, default=5, help='rounds (default: 5)')
    parser.add_argument('--write', action='store_true',
                        help='write the tables into docs/performance.md')
    parser.add_argument('--check', action='store_true',
                        help='measure nothing, only compare the answers')
    parser.add_argument('--build', default='build', help=argparse.SUPPRESS)
    return parser.parse_args()


def interrupted(number, frame):
    raise KeyboardInterrupt


def raise_limit():
    """On open files, for all that are started; as far as we may."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for limit in (max(hard, 65536), hard):
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
            return
        except (ValueError, PermissionError):
            pass


def main():
    options = arguments()
    works = chosen(options.works)
    raise_limit()
    signal.signal(signal.SIGTERM, interrupted)
    directory = tempfile.mkdtemp(prefix='bff-bench-', dir='/dev/shm')
    os.chmod(directory, 0o755)  # nginx's worker is another user
    site, good = Site(os.path.abspath(options.build), directory), True
    try:
        site.start_services()
        bench = Bench(site, options.seconds)
        for name in works:
            work = WORKS[name]
            if options.check:
                bench.check(work)
                continue
            runs = bench.rounds(work, options.runs)
            say('')
            table, is_void = report.table(work, runs)
            print(f'\n{work.title}\n\n{table}', flush=True)
            good = good and not is_void
            if options.write:
                report.write(name, table)
        if options.write:
            report.write('machine', report.machine(options))
    except Failed as failed:
        sys.exit(f'\n{failed}')
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        site.stop_all()
        shutil.rmtree(directory, ignore_errors=True)
    sys.exit(0 if good else 'some rows are void')


if __name__ == '__main__':
    main()
