"""The ways to choose an endpoint, when one of three is ten times slower."""
import statistics

from peers import PEERS, Peer
from works import Work

FAST_MS, SLOW_MS = 50, 500
ALGORITHMS = ('round_robin', 'least_connections', 'two_choices')
MOST = 0.5  # the p99 of two choices by that of round robin


def _peers(site):
    """A bff for each algorithm. Retries, ejection and breaker are off: only the choice counts."""
    urls = [site.more_services(f'endpoint-{number}', str(wait_ms))['users']
            for number, wait_ms in enumerate((FAST_MS, FAST_MS, SLOW_MS))]
    for name in ALGORITHMS:
        PEERS[name] = Peer(name, ['@build@/bff-web', '--config', '@peers@/bff_balance.yaml',
                                  '--listen', 'http://127.0.0.1:@port@'],
                           env={'USERS_URL': ','.join(urls), 'BALANCE': name})


def _row(title, found):
    def middle(value):
        return statistics.median(value(run.load) for run in found)

    return (f'| `{title}` | {middle(lambda load: load.p50_ms):.1f} | '
            f'{middle(lambda load: load.p99_ms):.1f} | '
            f'{middle(lambda load: load.requests / load.seconds):.0f} |')


def _p99(found):
    return statistics.median(run.load.p99_ms for run in found)


def table(bench):
    _peers(bench.site)
    runs = bench.rounds(Work(f'Three endpoints that answer after {FAST_MS}, {FAST_MS} and '
                             f'{SLOW_MS} ms', '/api/users/small', ALGORITHMS, is_exact=True))
    lines = ['| `balance` | p50 ms | p99 ms | requests/s |', '| --- | ---: | ---: | ---: |']
    void = {name: found for name, found in runs.items() if isinstance(found, str)}
    lines += [f'| `{name}` | void | {why} | |' for name, why in void.items()]
    lines += [_row(name, found) for name, found in runs.items() if name not in void]
    if void:
        return '\n'.join(lines), True
    ratio = _p99(runs['two_choices']) / _p99(runs['round_robin'])
    lines += ['', f"The p99 of `two_choices` is {ratio:.2f} of that of `round_robin` (at most "
              f'{MOST}: {"met" if ratio <= MOST else "**not met**"}).']
    return '\n'.join(lines), False
