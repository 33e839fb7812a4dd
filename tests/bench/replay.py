"""A recorded request that plays again: by how much the times of its calls and parts differ."""
import http.client
import json
import os
import random
import time

from measure import say
from peers import Failed, FILES

RATE = 4  # requests for each second of a run
PAGE = '/api/dashboard/u1'
ACCOUNT = {'email': 'ada.nowak@mail.example', 'password': 'ada-loves-tea'}
SERVICES = ('users', 'orders', 'recommendations', 'notifications')
MOST_MS = 100  # of the delay of a call
FIXTURES = os.path.normpath(f'{FILES}/../../../fixtures')
WAIT_S = 10


class Server:
    """bff with its mock services, and what a developer asks it."""

    def __init__(self, site):
        self.site = site
        self.started, ready = site.ready('replay', [
            f'{site.build}/bff-web', '--mock', FIXTURES, '--config', f'{FILES}/bff_replay.yaml',
            '--listen', 'http://127.0.0.1:0'])
        self.host = ready['listen'][0].split('//')[1]
        token = self.ask('POST', '/api/auth/login', ACCOUNT)['token']
        self.user = {'Authorization': f'Bearer {token}'}

    def stop(self):
        self.site.stop(self.started)

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection(self.host, timeout=WAIT_S)
        try:
            connection.request(method, path, body=None if body is None else json.dumps(body),
                               headers={'Content-Type': 'application/json', **(headers or {})})
            response = connection.getresponse()
            text = response.read()
        finally:
            connection.close()
        if response.status != 200:
            raise Failed(f'{path} got {response.status}: {text[:300]!r}')
        return json.loads(text)

    def record(self, request_id, headers=None):
        """Asks for the page, and returns what was recorded of that."""
        self.ask('GET', PAGE, headers={**self.user, 'X-Request-Id': request_id, **(headers or {})})
        until = time.monotonic() + WAIT_S
        while time.monotonic() < until:
            for one in self.ask('GET', '/__bff/requests?limit=3')['requests']:
                if one['requestId'] == request_id:
                    return one
        raise Failed('a request was not recorded')

    def choose(self, number):
        scenario = number and self.ask('GET', f'/__bff/requests/{number}/fixture')
        self.ask('PUT', '/__bff/scenario', {'scenario': scenario} if number else {'name': None})


def _differences(before, after):
    def took(call):
        return call['firstByteUs'] - call['askedUs']

    calls = [took(late) - took(early) for early, late in zip(before['calls'], after['calls'])]
    parts = [late['endUs'] - early['endUs'] for early, late in zip(before['parts'], after['parts'])]
    return {'a call, to its first byte': calls, 'a part, to its end': parts,
            'the whole request': [after['tookUs'] - before['tookUs']]}


def _is_same_order(before, after):
    """Parts that ended within 2 ms of each other may change places."""
    ends = sorted((part['endUs'], part['name']) for part in before['parts'])
    late = {part['name']: part['endUs'] for part in after['parts']}
    return all(late[one] < late[other] for (early, one), (end, other) in zip(ends, ends[1:])
               if end - early > 2000)


def _sample(server, name):
    delays = '; '.join(f'{service} delay={random.randint(1, MOST_MS)}ms' for service in SERVICES)
    before = server.record(f'{name}-first', {'X-Mock': delays})
    server.choose(before['number'])
    after = server.record(f'{name}-again')
    server.choose(None)
    return before, after


def _row(title, found):
    found = sorted(found)
    sizes = sorted(abs(one) for one in found)
    return (f'| {title} | {found[len(found) // 2]} | {sizes[len(sizes) * 95 // 100]} | {sizes[-1]} | '
            f'{len(found)} |')


def table(bench):
    server, found, same, count = Server(bench.site), {}, 0, 0
    try:
        for number in range(bench.runs * bench.seconds * RATE):
            say(f'Replay: request {number + 1} of {bench.runs * bench.seconds * RATE}')
            before, after = _sample(server, f'r{number}')
            count += 1
            same += _is_same_order(before, after)
            for title, differences in _differences(before, after).items():
                found.setdefault(title, []).extend(differences)
    finally:
        say('')
        server.stop()
    lines = ['| | difference, p50 µs | its size, p95 µs | most | samples |',
             '| --- | ---: | ---: | ---: | ---: |', *(_row(*each) for each in found.items()), '',
             f'In {same} of {count} requests the parts ended in the same order.']
    return '\n'.join(lines), False
