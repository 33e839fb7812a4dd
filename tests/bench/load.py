"""The clients: wrk for HTTP/1.1, h2load for HTTP/2."""
import json
import os
import re
import subprocess
import tempfile
from dataclasses import dataclass

HERE = os.path.dirname(os.path.abspath(__file__))


class Void(Exception):
    """What was measured counts for nothing."""


@dataclass
class Load:
    """What clients saw."""
    requests: int
    seconds: float
    p50_ms: float
    p95_ms: float
    p99_ms: float


def _command(core, *words):
    done = subprocess.run(['taskset', '-c', str(core), *words], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise Void(f'{words[0]} failed: {done.stdout[-300:]}{done.stderr[-300:]}')
    return done.stdout


def _judge(requests, bad, received, body_length):
    if bad != 0:
        raise Void(f'{bad} bad answers')
    if requests == 0:
        raise Void('no answer at all')
    if received < requests * body_length:
        raise Void(f'{received} bytes are too few for {requests} answers of {body_length}')


def http1(url, seconds, core, *, connections, headers, body_length, look=False):
    """${look}: wrk looks at each answer, which costs it time; not while the clock runs."""
    words = ['wrk', '-t1', f'-c{connections}', f'-d{seconds}s', '--timeout', '10s',
             '-s', os.path.join(HERE, 'wrk.lua')]
    for header in headers:
        words += ['-H', header]
    words += [url, '--', str(body_length)] if look else [url]
    found = json.loads(re.search(r'RESULT (\{.*\})', _command(core, *words)).group(1))
    _judge(found['requests'], found['bad'], found['bytes'], body_length)
    return Load(found['requests'], found['us'] / 1e6, found['p50_us'] / 1e3,
                found['p95_us'] / 1e3, found['p99_us'] / 1e3)


def _h2load(url, core, *words, body_length=0):
    """The number of requests, how many seconds they took, and the sorted times of all of them in
    microseconds."""
    with tempfile.NamedTemporaryFile('r', dir='/dev/shm') as log:
        text = _command(core, 'h2load', '-t1', *words, '--log-file', log.name, url)
        latencies = sorted(int(line.split()[2]) for line in log)
    done, succeeded = map(int, re.search(r'(\d+) done, (\d+) succeeded', text).groups())
    data = int(re.search(r'\((\d+)\) data', text).group(1))
    _judge(done, done - succeeded, data, body_length)
    took, unit = re.search(r'finished in ([\d.]+)(us|ms|s)', text).groups()
    return done, float(took) * {'us': 1e-6, 'ms': 1e-3, 's': 1}[unit], latencies


def _exact(url, seconds, core, words, body_length):
    done, _, latencies = _h2load(url, core, *words, '-D', str(seconds), body_length=body_length)
    return Load(done, seconds, latencies[len(latencies) // 2] / 1e3,
                latencies[len(latencies) * 95 // 100] / 1e3,
                latencies[len(latencies) * 99 // 100] / 1e3)


def http2(url, seconds, core, *, connections, streams, body_length):
    return _exact(url, seconds, core, [f'-c{connections}', f'-m{streams}'], body_length)


def http1_exact(url, seconds, core, *, connections, body_length):
    """
    wrk adds latencies that it has not measured: those of requests that it would have sent while it
    waited for a slow answer. h2load counts only what was.
    """
    return _exact(url, seconds, core, ['--h1', f'-c{connections}'], body_length)


def http1_times(url, seconds, core, connections):
    """The sorted times of all requests in microseconds, as http1_exact counts them."""
    return _h2load(url, core, '--h1', f'-c{connections}', '-D', str(seconds))[2]


def http1_counted(url, count, connections, core, headers=()):
    """Exactly ${count} requests: how many seconds they took, and their sorted times in
    microseconds."""
    words = [word for header in headers for word in ('-H', header)]
    done, seconds, latencies = _h2load(url, core, '--h1', f'-c{connections}', f'-n{count}', *words)
    _judge(done, count - done, 0, 0)
    return seconds, latencies


def http2_get(url):
    """The body of one answer."""
    return subprocess.run(['nghttp', url], capture_output=True, check=True).stdout
