"""What a long upload costs that is written to a file first."""
import os
import statistics
import subprocess
import time

import process
from load import Void
from measure import say

MEBIBYTES = 256
GIB = 1024 ** 3
PATHS = {'spooled': '/api/spooled/'}
PEERS = ('bff-uploads', 'nginx-uploads')


def _upload(bench, peer, path, file):
    """The seconds of the processor for a GiB, and MiB a second."""
    pids, began = peer.pids(), time.monotonic()
    cpu = process.cpu_seconds(pids)
    done = subprocess.run(
        ['taskset', '-c', str(bench.site.load_core), 'curl', '-sS', '-o', '/dev/null', '-w',
         '%{http_code}', '-H', 'Expect:', '-T', file, peer.url(path + 'a')],
        capture_output=True, text=True)
    took = time.monotonic() - began
    if done.stdout != '200':
        raise Void(f'{peer.title} answers {path} with {done.stdout} {done.stderr}')
    cpu = process.cpu_seconds(pids) - cpu
    return cpu * GIB / os.path.getsize(file), MEBIBYTES / took


def _round(bench, name, file, found):
    with bench.started(name) as peer:
        for way, path in PATHS.items():
            _upload(bench, peer, path, file)  # the first one warms up
            found.setdefault((name, way), []).append(_upload(bench, peer, path, file))


def _row(found, name, way):
    cpu = [each[0] for each in found[name, way]]
    speed = statistics.median(each[1] for each in found[name, way])
    theirs = statistics.median(each[0] for each in found[PEERS[1], way])
    ratio = f'{statistics.median(cpu) / theirs:.2f}' if name == PEERS[0] else ''
    return (f'| {name.split("-")[0]}, {way} | {statistics.median(cpu):.2f} | {min(cpu):.2f} to '
            f'{max(cpu):.2f} | {speed:.0f} | {ratio} |')


def table(bench):
    file, found = f'{bench.site.work}/upload', {}
    with open(file, 'wb') as made:
        made.truncate(MEBIBYTES * 1024 * 1024)
    for number in range(bench.runs):
        for name in PEERS:
            say(f'Uploads: round {number + 1} of {bench.runs}, {name}')
            _round(bench, name, file, found)
    say('')
    os.unlink(file)
    rows = [_row(found, name, way) for way in PATHS for name in PEERS]
    head = ["| | CPU s for a GiB | lowest to highest | MiB/s | bff's CPU by nginx's |",
            '| --- | ---: | ---: | ---: | ---: |']
    return '\n'.join(head + rows), False
