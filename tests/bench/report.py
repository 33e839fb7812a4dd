"""The tables: Markdown, for people, for the terminal and for docs/performance.md."""
import os
import platform
import re
import statistics
import subprocess
import time

from peers import PEERS
from works import WORKS

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../docs/performance.md')
NOISE = 0.1  # others' share of the gateway's core from which on a row is marked


def median(runs, value):
    return statistics.median(value(run) for run in runs)


def bar(ratio, most):
    if most is None:
        return f'{ratio:.2f}'
    said = f'{most:.2f}' if most >= 0.3 else f'1/{1 / most:.0f}'
    return f'{ratio:.2f} ({said}: {"met" if ratio <= most else "**not met**"})'


def row(cells):
    return '| ' + ' | '.join(cells) + ' |'


def _judged(is_met, most):
    return f'({most}: {"met" if is_met else "**not met**"})'


def _login(runs):
    """Each round has a pair, measured one after the other."""
    added = statistics.median(after.cpu_us - before.cpu_us
                              for before, after in zip(runs['bff'], runs['bff-login']))
    return (f'A token adds {added:.1f} µs, the median of the differences in each round '
            f'{_judged(added <= 2, "at most 2")}.')


def _identity(runs):
    added = statistics.median(after.cpu_us - before.cpu_us
                              for before, after in zip(runs['bff-login'], runs['bff-identity']))
    return (f'The tokens for four services add {added:.1f} µs, the median of the differences in '
            f'each round. A signature alone takes some hundred.')


def _session(runs):
    def added(name):
        return statistics.median(after.cpu_us - before.cpu_us
                                 for before, after in zip(runs['bff-token'], runs[name]))

    return (f'Beside a token in the cache, a session in a cookie adds {added("bff-session"):.1f} '
            f'µs, and one in Redis {added("bff-session-redis"):.1f} µs, without the time of Redis.')


def _limited(runs):
    """As with the login."""
    added = statistics.median(after.cpu_us - before.cpu_us
                              for before, after in zip(runs['bff'], runs['bff-limited']))
    return (f'The limits add {added:.1f} µs, the median of the differences in each round '
            f'{_judged(added <= 1, "at most 1")}.')


def _tracing(runs):
    added = statistics.median(after.cpu_us - before.cpu_us
                              for before, after in zip(runs['bff'], runs['bff-traced']))
    return (f'Traces of 10 % add {added:.1f} µs, the median of the differences in each round. A '
            f'dashboard has 9 spans.')


def _recorder(runs):
    added = statistics.median(after.cpu_us - before.cpu_us
                              for before, after in zip(runs['bff'], runs['bff-recorded']))
    return (f'The recorder adds {added:.2f} µs, the median of the differences in each round '
            f'{_judged(added <= 1, "at most 1")}.')


def _limits_in_redis(runs):
    def added(before, after):
        return statistics.median(late.cpu_us - early.cpu_us
                                 for early, late in zip(runs[before], runs[after]))

    ours = added('bff', 'bff-limited-redis')
    theirs = added('express-bare', 'express-limited-redis')
    return (f'The limits add {ours:.1f} µs to bff and {theirs:.1f} µs to Express, without the '
            f'time of Redis itself.')


def _latency(runs):
    ours, theirs = (median(runs[name], lambda run: run.load.p99_ms)
                    for name in ('bff', 'nginx-lua'))
    return (f'Above the 20 ms, p99 is {ours:.2f} ms with bff and {theirs:.2f} ms with nginx and '
            f'Lua {_judged(ours <= theirs, "no worse")}.')


def _parts(runs):
    def each(few, many):
        low, high = (median(runs[f'parts-{count}'], lambda run: run.cpu_us)
                     for count in (few, many))
        return (high - low) / (many - few)

    early, late = each(4, 16), each(16, 32)
    bound = 'the second number at most a quarter above the first'
    return (f'A further part costs {early:.1f} µs from 4 to 16 parts and {late:.1f} µs from 16 to '
            f'32 {_judged(late <= 1.25 * early, bound)}.')


# What is said below a table that has no bar on processor time.
CLOSING = {'login': _login, 'identity': _identity, 'session': _session, 'limited': _limited,
           'limits-in-redis': _limits_in_redis, 'latency': _latency, 'parts': _parts,
           'tracing': _tracing, 'recorder': _recorder}


def table(work_name, work, runs):
    """Its lines, and whether something in it is void."""
    columns = ['', 'CPU µs', 'lowest to highest', 'requests/s', 'p50 ms', 'p95 ms', 'p99 ms', 'RSS MB']
    is_compared = work_name not in ('login', 'identity', 'session', 'limited',
                                    'limits-in-redis', 'parts', 'tracing', 'recorder')
    if is_compared:
        columns.append("bff's CPU by its (bar)")
    lines = [row(columns), row(['---'] + ['---:'] * (len(columns) - 1))]
    first = runs[work.peers[0]]
    for name, found in runs.items():
        title = PEERS[name].title
        if isinstance(found, str):
            lines.append(row([title, 'void', found] + [''] * (len(columns) - 3)))
            continue
        cpu = [run.cpu_us for run in found]
        noisy = median(found, lambda run: run.others) > NOISE
        cells = [
            title + (' (*)' if noisy else ''), f'{statistics.median(cpu):.1f}',
            f'{min(cpu):.1f} to {max(cpu):.1f}',
            f'{median(found, lambda run: run.load.requests / run.load.seconds):.0f}',
            f'{median(found, lambda run: run.load.p50_ms):.2f}',
            f'{median(found, lambda run: run.load.p95_ms):.2f}',
            f'{median(found, lambda run: run.load.p99_ms):.2f}',
            f'{median(found, lambda run: run.rss_bytes) / 1e6:.1f}']
        if is_compared and (found is first or isinstance(first, str)):
            cells.append('')
        elif is_compared:
            ratio = median(first, lambda run: run.cpu_us) / statistics.median(cpu)
            cells.append(bar(ratio, work.bars.get(name)))
        lines.append(row(cells))
    if any('(*)' in line for line in lines):
        lines += ['', '(*) others took more than a tenth of this core meanwhile.']
    is_void = any(isinstance(found, str) for found in runs.values())
    is_whole = set(runs) == set(WORKS[work_name].peers)
    if work_name in CLOSING and is_whole and not is_void:
        lines += ['', CLOSING[work_name](runs)]
    return '\n'.join(lines), is_void


def write(name, text):
    """Puts it between the page's markers of that name."""
    with open(PAGE) as file:
        page = file.read()
    begin, end = f'<!-- bench: {name} -->', '<!-- end -->'
    written, count = re.subn(f'({re.escape(begin)}\n).*?({re.escape(end)})',
                             lambda found: f'{found.group(1)}{text}\n{found.group(2)}', page,
                             flags=re.DOTALL)
    if count != 1:
        raise SystemExit(f'docs/performance.md has no place for "{name}"')
    with open(PAGE, 'w') as file:
        file.write(written)


def version(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    return re.search(r'\d+\.\d+\.\d+', done.stdout + done.stderr).group(0)


def machine(options):
    with open('/proc/cpuinfo') as file:
        model = re.search(r'model name\s*: (.*)', file.read()).group(1)
    return (f'{time.strftime("%Y-%m-%d")}, {model}, {os.cpu_count()} cores, Linux '
            f'{platform.release()}; {options.runs} runs of {options.seconds} s. nginx '
            f'{version("nginx", "-v")}, haproxy {version("haproxy", "-v")}, Node '
            f'{version("node", "-v")}.')
