"""Hedging: the times with and without it, and how many calls more it makes."""
import http.client
import statistics

from load import Void, http1_counted
from measure import say
from peers import FILES, HERE, Peer

CONNECTIONS = 16  # so few that neither the clients nor the services are busy
RATE = 600  # requests for each second of a run, which is about the rate without hedges
MOST_EXTRA = 0.05
ROWS = (('without hedges', '/without', 'users'), ('hedged after 20 ms', '/fixed', 'orders'),
        ('hedged after the p95', '/p95', 'products'))


def _count(url):
    connection = http.client.HTTPConnection(url.split('//')[1], timeout=10)
    connection.request('GET', '/count')
    count = int(connection.getresponse().read())
    connection.close()
    return count


def _measured(bench, peer, path, url):
    """p50, p99, requests a second, and the calls beyond one for each request."""
    peer.empty_log()
    requests, calls = RATE * bench.seconds, _count(url)
    seconds, times = http1_counted(peer.url(path), requests, CONNECTIONS, bench.site.load_core)
    extra = (_count(url) - calls - requests) / requests
    return (times[len(times) // 2] / 1e3, times[len(times) * 99 // 100] / 1e3,
            requests / seconds, extra)


def _row(title, found):
    p50, p99, rate, extra = (statistics.median(column) for column in zip(*found))
    most = max(each[3] for each in found)
    return (f'| {title} | {p50:.1f} | {p99:.1f} | {rate:.0f} | {100 * extra:.2f} | '
            f'{100 * most:.2f} |')


def table(bench):
    site = bench.site
    started, urls = site.ready('slow', ['python3', '-B', f'{HERE}/slow_service.py'])
    peer = Peer('bff', ['@build@/bff-web', '--config', f'{FILES}/bff_hedge.yaml',
                        '--listen', 'http://127.0.0.1:@port@'],
                env={f'{name.upper()}_URL': ', '.join(each) for name, each in urls.items()})
    found = {title: [] for title, _, _ in ROWS}
    peer.start(site, 'hedge')
    try:
        for number in range(bench.runs):
            for title, path, service in ROWS:
                say(f'Hedging: round {number + 1} of {bench.runs}, {title}')
                found[title].append(_measured(bench, peer, path, urls[service][0]))
    finally:
        say('')
        peer.stop()
        site.stop(started)
    lines = ['| | p50 ms | p99 ms | requests/s | extra calls % | most in a run % |',
             '| --- | ---: | ---: | ---: | ---: | ---: |',
             *(_row(title, runs) for title, runs in found.items())]
    if any(run[3] > MOST_EXTRA for runs in found.values() for run in runs):
        raise Void('there are more extra calls than the budget:\n' + '\n'.join(lines))
    return '\n'.join(lines), False
