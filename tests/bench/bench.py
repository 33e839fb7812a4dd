#!/usr/bin/env python3
"""
Measures bff beside other gateways: processor time for each request, above all. ./dev bench builds
what is needed and runs this; docs/performance.md says how it is done and what it means.
"""
import argparse
import dataclasses
import os
import resource
import shutil
import signal
import sys
import tempfile

import alone
import balance
import dead
import first_part
import goodput
import hedge
import memory
import replay
import report
import uploads
from load import Void
from measure import Bench
from peers import Failed, Site, add_before
from works import WORKS

# Those that are more than load on a row of peers: functions that return a table, and whether
# something in it is void.
SPECIAL = {'balance': balance.table, 'hedge': hedge.table, 'goodput': goodput.table,
           'dead-service': dead.table, 'memory': memory.table, 'replay': replay.table,
           'first-part': first_part.table, 'uploads': uploads.table, 'instructions': alone.instructions, 'callers': alone.callers, 'scanner': alone.scanner,
           'transformation': alone.transformation}
NAMES = [*WORKS, *SPECIAL]


def chosen(names):
    """A name stands for all that begin with it: "dashboard" for three."""
    for name in names:
        if not any(work.startswith(name) for work in NAMES):
            sys.exit(f'no such work: {name}; there are {", ".join(NAMES)}')
    return [work for work in NAMES if not names or any(work.startswith(name) for name in names)]


def arguments():
    parser = argparse.ArgumentParser(
        prog='./dev bench',
        epilog=f'Works: {", ".join(NAMES)}. A beginning names all that have it.')
    parser.add_argument('works', nargs='*', metavar='NAME', help='what to measure; default: all')
    parser.add_argument('--seconds', type=int, default=5, help='of each run (default: 5)')
    parser.add_argument('--runs', type=int, default=5, help='rounds (default: 5)')
    parser.add_argument('--peers', type=lambda text: ['bff', *text.split(',')],
                        help='only these beside bff, separated by commas: nginx-lua,floor')
    parser.add_argument('--before', metavar='DIR', type=os.path.abspath,
                        help='only another build of bff beside bff: the one in this directory')
    parser.add_argument('--write', action='store_true',
                        help='write the tables into docs/performance.md')
    parser.add_argument('--check', action='store_true',
                        help='measure nothing, only compare the answers')
    parser.add_argument('--build', default='build', help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.before:
        if options.write or options.peers:
            parser.error('--before goes neither with --write nor with --peers')
        add_before(options.before)
    if options.peers:
        if options.write:
            parser.error('--write wants all peers')
        there = {peer for work in WORKS.values() for peer in work.peers}
        unknown = set(options.peers) - there
        if unknown:
            parser.error(f'no such peer: {", ".join(unknown)}; there are {", ".join(sorted(there))}')
    return options


def work_of(name, options):
    work = WORKS[name]
    if options.before and 'bff' in work.peers:
        return dataclasses.replace(work, peers=('bff', 'before'), bars={'before': 1.02})
    if options.peers and 'bff' in work.peers:
        chosen_peers = tuple(peer for peer in work.peers if peer in options.peers)
        work = dataclasses.replace(work, peers=chosen_peers)
    return work


def raise_limit():
    """On open files, for all that are started; as far as we may."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for limit in (max(hard, 65536), hard):
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
            return
        except (ValueError, PermissionError):
            pass


def interrupted(number, frame):
    raise KeyboardInterrupt


def measure(bench, names, options):
    """Whether all rows count."""
    good = True
    for name in names:
        if options.check:
            if name in WORKS:
                bench.check(work_of(name, options))
            continue
        if name in WORKS:
            work = work_of(name, options)
            title, runs = work.title, bench.rounds(work)
            table, is_void = report.table(name, work, runs)
        else:
            title = name.capitalize()
            try:
                table, is_void = SPECIAL[name](bench)
            except Void as void:
                table, is_void = f'void: {void}', True
        print(f'\n{title}\n\n{table}', flush=True)
        good = good and not is_void
        if options.write:
            report.write(name, table)
            report.write('machine', report.machine(options))
    return good


def main():
    options = arguments()
    names = chosen(options.works)
    raise_limit()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupted)
    directory = tempfile.mkdtemp(prefix='bff-bench-', dir='/dev/shm')
    os.chmod(directory, 0o755)  # nginx's worker is another user
    site = None
    try:
        site = Site(os.path.abspath(options.build), directory)
        site.start_services()
        if not measure(Bench(site, options), names, options):
            sys.exit('some rows are void')
    except Failed as failed:
        sys.exit(f'bench: {failed}')
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        if site is not None:
            site.stop_all()
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == '__main__':
    main()
