"""What is counted on bff alone: instructions for a page, and how fast it scans and changes JSON."""
import os
import re
import shutil
import subprocess

from load import http1_counted
from measure import headers, say
from peers import PEERS
from works import WORKS

FEW, MORE = 320, 1600  # requests; the difference does not know how long a start takes
CONNECTIONS = 64
TITLES = {'bff-callgrind': 'instructions a request', 'before-callgrind': 'before'}
CALLERS = {'bff-login-callgrind': 'with login', 'bff-identity-callgrind': 'with login and identity'}


def _counted(bench, name, work, requests):
    """Instructions of a whole life with so many requests."""
    with bench.started(name) as peer:
        http1_counted(peer.url(work.path), requests, CONNECTIONS, bench.site.load_core,
                      headers(work, peer))
        directory = peer.directory
    with open(f'{directory}/stderr') as file:
        counts = re.findall(r'Collected : (\d+)', file.read())
    shutil.copy(f'{directory}/callgrind.out', f'{bench.site.build}/bench/callgrind.out')
    return int(counts[-1])


def _each(bench, name, work):
    """Instructions of one request."""
    few, more = (_counted(bench, name, work, requests) for requests in (FEW, MORE))
    return (more - few) / (MORE - FEW)


def callers(bench):
    """The dashboard of a known user, with each way in which services learn of them."""
    os.makedirs(f'{bench.site.build}/bench', exist_ok=True)
    counts = [f'{_each(bench, name, WORKS["identity"]):.0f}' for name in CALLERS]
    say('')
    return '\n'.join(['| instructions | ' + ' | '.join(CALLERS.values()) + ' |',
                      '| --- |' + ' ---: |' * len(CALLERS),
                      f'| {WORKS["identity"].title} | ' + ' | '.join(counts) + ' |']), False


def instructions(bench):
    names = [name for name in ('bff-callgrind', 'before-callgrind') if name in PEERS]
    lines = ['| | ' + ' | '.join(TITLES[name] for name in names) + ' |',
             '| --- |' + ' ---: |' * len(names)]
    os.makedirs(f'{bench.site.build}/bench', exist_ok=True)
    for name in ('plain', 'dashboard-300', 'dashboard-4k', 'dashboard-64k'):
        work = WORKS[name]
        say(f'Instructions: {work.title}')
        counts = []
        for peer in names:
            counts.append(f'{_each(bench, peer, work):.0f}')
        lines.append(f'| {work.title} | ' + ' | '.join(counts) + ' |')
    say('')
    return '\n'.join(lines), False


def _table(text):
    """What bench_json_bench prints, a row for each text and a column for each path, as a table."""
    rows, paths = [], []
    for line in text.splitlines():
        what, rest = re.match(r' *(\d+ bytes, \w+) +(.*)', line).groups()
        speeds = re.findall(r'(\w+) +(\d+) MB/s(?: \( *([\d.]+)x\))?', rest)
        paths = [path for path, _, _ in speeds]
        rows.append([what] + [f'{int(speed) / 1000:.2f}' + (f' ({ratio} x)' if ratio else '')
                              for _, speed, ratio in speeds])
    head = ['GB/s'] + paths
    return '\n'.join('| ' + ' | '.join(row) + ' |' for row in
                     [head, ['---'] + ['---:'] * len(paths)] + rows)


def scanner(bench):
    core, program = str(bench.site.gateway_core), f'{bench.site.build}/tests/bench_json_bench'
    done = subprocess.run(['taskset', '-c', core, program], capture_output=True, text=True,
                          check=True)
    return _table(done.stdout), False


def transformation(bench):
    """How fast rules change JSON; the scanner alone is what they are compared with."""
    core, program = str(bench.site.gateway_core), f'{bench.site.build}/tests/bench_json_edit_bench'
    done = subprocess.run(['taskset', '-c', core, program], capture_output=True, text=True,
                          check=True)
    found = [(what.strip(), int(speed))
             for what, speed in re.findall(r'(?m)^(.*?) +(\d+) MB/s$', done.stdout)]
    scanned = dict(found)['scanned']
    return '\n'.join(['| | MB/s | of the scanner |', '| --- | ---: | ---: |'] +
                     [f'| {what} | {speed} | {speed / scanned:.2f} |' for what, speed in found]), False
