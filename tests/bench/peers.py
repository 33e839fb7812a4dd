"""Those who are measured: how each is started, and what it is given."""
import base64
import hashlib
import hmac
import http.client
import json
import os
import re
import select
import signal
import socket
import subprocess
import time

import load
import process
import signing_in
import sink

HERE = os.path.dirname(os.path.abspath(__file__))
FILES = os.path.join(HERE, 'peers')
START_S = 10  # for a program to print that it is ready
SECRET = 'a secret of the benchmark, of 32 bytes and more'


class Failed(Exception):
    """A peer did not start, or its answer is wrong."""


def token():
    """Of a user whose id is "small", for a day."""
    def encode(data):
        return base64.urlsafe_b64encode(data).rstrip(b'=')

    now = int(time.time())
    claims = {'id': 'small', 'role': 'customer', 'iat': now, 'exp': now + 86400}
    signed = encode(b'{"alg":"HS256","typ":"JWT"}') + b'.' + encode(json.dumps(claims).encode())
    signature = hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()
    return (signed + b'.' + encode(signature)).decode()


class Site:
    """What all of a run have in common: directories, cores, the services."""

    def __init__(self, build, work):
        self.build, self.work = build, work
        cores = sorted(os.sched_getaffinity(0))
        if len(cores) < 2:
            raise Failed('two cores are needed: one for the gateway, one for load and services')
        self.gateway_core, self.load_core = cores[0], cores[-1]
        os.sched_setaffinity(0, {self.load_core})
        self.running = []
        self.services = {}
        self.redis = None

    def run(self, directory, command, core, env=None, pipe=None):
        """Starts a process group. Its output goes to files in the directory, or to ${pipe}."""
        os.makedirs(directory, exist_ok=True)
        with open(f'{directory}/stdout', 'ab') as out, open(f'{directory}/stderr', 'wb') as err:
            # When this process is killed, the other one ends, too.
            started = subprocess.Popen(
                ['taskset', '-c', str(core), 'setpriv', '--pdeathsig', 'TERM', *command],
                cwd=directory, stdin=subprocess.DEVNULL, stdout=pipe or out, stderr=err,
                start_new_session=True, env={**os.environ, **(env or {})})
        started.stderr_path = f'{directory}/stderr'
        self.running.append(started)
        return started

    def ready(self, name, command):
        """Starts a program that prints one line of JSON when it is ready. Returns its process and
        what it printed."""
        started = self.run(f'{self.work}/{name}', command, self.load_core, pipe=subprocess.PIPE)
        line = self.first_line(started.stdout, time.monotonic() + START_S)
        if not line.endswith(b'\n'):
            raise Failed(f'{name} did not start: {complaint(started)}')
        return started, json.loads(line)

    @staticmethod
    def first_line(pipe, until):
        """The line may come in pieces. It is not whole when the time or the output is over."""
        line, more = b'', None
        os.set_blocking(pipe.fileno(), False)
        while not line.endswith(b'\n') and more != b'':
            if not select.select([pipe], [], [], max(0, until - time.monotonic()))[0]:
                break
            more = pipe.readline()
            line += more or b''
        return line

    def stop(self, started):
        started.terminate()
        try:
            started.wait(10)
        except subprocess.TimeoutExpired:
            pass
        try:
            os.killpg(started.pid, signal.SIGKILL)  # whatever of the group is left
        except ProcessLookupError:
            pass
        started.wait()
        if started.stdout is not None:
            started.stdout.close()
        self.running.remove(started)

    def stop_all(self):
        for started in list(self.running):
            self.stop(started)

    def start_services(self):
        self.services = self.more_services('services')

    def more_services(self, name, *arguments):
        """Starts the program once more; the addresses of its services."""
        _, ready = self.ready(name, [f'{self.build}/tests/bench_services', *arguments])
        return ready['services']

    def redis_url(self):
        """Starts Redis once, for those who count their limits in it."""
        if self.redis is None:
            self.redis = free_port()
            self.run(f'{self.work}/redis', ['redis-server', '--port', str(self.redis), '--bind',
                                            '127.0.0.1', '--save', '', '--appendonly', 'no'],
                     self.load_core)
        return f'redis://127.0.0.1:{self.redis}'

    def urls(self):
        """The services as all who are started find them: USERS_URL and so on."""
        return {f'{name.upper()}_URL': url for name, url in self.services.items()}


def complaint(started):
    with open(started.stderr_path, errors='replace') as file:
        return file.read()[-1000:].strip() or f'exit status {started.poll()}, and not a word'


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


class Peer:
    """
    One gateway.
      command   its words; in them and in the files below, @port@, @port2@ (for HTTP/2, where that
                is another), @work@ (its directory), @build@, @peers@ and the names of services
                are replaced
      files     copied into its directory, so that words in them can be replaced
      env       more environment
      headers   that clients send it
      path      asked for, in place of the work's
      redis     it gets REDIS_URL
      key       it gets IDENTITY_KEY: a file with a new private key
      session   where it keeps sessions; clients send it the cookie of one. None: it has none
      coding    of its answers under load, which clients accept. None: they are not compressed
      accept    what its clients accept under load: a stream of parts. None: JSON
      sinks     it gets SINK_URL: of a server that reads all that it gets (sink.py)
    """

    def __init__(self, title, command, *, files=(), env=None, headers=(), path=None, redis=False,
                 key=False, session=None, coding=None, accept=None, sinks=False):
        self.title, self.command, self.files = title, command, files
        self.env, self.headers, self.path = env or {}, headers, path
        self.redis, self.key, self.session = redis, key, session
        self.coding, self.accept, self.sinks = coding, accept, sinks
        self.http2_has_own_port = any('port2' in open(f'{FILES}/{file}').read() for file in files)

    def start(self, site, name):
        self.site, self.directory = site, f'{site.work}/{name}'
        self.port = free_port()
        self.port2 = free_port() if self.http2_has_own_port else self.port
        os.makedirs(self.directory, exist_ok=True)
        for file in self.files:
            with open(f'{FILES}/{file}') as source, open(f'{self.directory}/{file}', 'w') as copy:
                copy.write(self._filled(source.read()))
        env = {**site.urls(), 'PORT': str(self.port), **self.env}
        if self.redis:
            env['REDIS_URL'] = site.redis_url()
        if self.key:
            env['IDENTITY_KEY'] = f'{self.directory}/identity.pem'
            subprocess.run(['openssl', 'genpkey', '-algorithm', 'EC', '-pkeyopt',
                            'ec_paramgen_curve:P-256', '-out', env['IDENTITY_KEY']],
                           check=True, capture_output=True)
        if self.session:
            env.update(SESSION_STORE=self.session, SESSION_KEY=SECRET,
                       NOTIFICATIONS_URL=signing_in.start_service(token()))
        if self.sinks:
            env['SINK_URL'] = sink.url()
            env['WORK'] = self.directory
        command = [self._filled(word) for word in self.command]
        self.started = site.run(self.directory, command, site.gateway_core, env)
        self._wait_until_it_listens()
        if self.session:
            self.headers = signing_in.sign_in(self.port)

    def _filled(self, text):
        words = {'port': self.port, 'port2': self.port2, 'work': self.directory,
                 'build': self.site.build, 'peers': FILES}
        if self.sinks:
            words['sink'] = sink.url().split('//')[1]
        words.update((name, url.split('//')[1]) for name, url in self.site.services.items())
        return re.sub('@([a-z0-9]+)@', lambda found: str(words[found.group(1)]), text)

    def _wait_until_it_listens(self):
        for _ in range(200):
            if self.started.poll() is not None:
                break
            if process.listens(self.pids(), self.port):
                return
            time.sleep(0.05)
        raise Failed(f'{self.title} did not start: {complaint(self.started)}')

    def stop(self):
        self.site.stop(self.started)

    def pids(self):
        return process.tree(self.started.pid)

    def empty_log(self):
        for file in ('stdout', 'access.log'):
            if os.path.exists(f'{self.directory}/{file}'):
                os.truncate(f'{self.directory}/{file}', 0)

    def url(self, path, http2=False):
        return f'http://127.0.0.1:{self.port2 if http2 else self.port}{path}'

    def guard(self):
        """Raises Void unless the port is this peer's: else another's work would be measured."""
        if not process.listens(self.pids(), self.port2) or not process.listens(self.pids(),
                                                                               self.port):
            raise load.Void(f'the port of {self.title} is not its own')

    def answer(self, path, headers=(), http2=False):
        """The body of one answer, as bytes."""
        if http2:
            return load.http2_get(self.url(path, True))
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=10)
        try:
            connection.request('GET', path, headers=dict(line.split(': ', 1) for line in headers))
            response = connection.getresponse()
            body = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise Failed(f'{self.title} does not answer on {path}: {error!r}') from None
        finally:
            connection.close()
        if response.status != 200:
            raise Failed(f'{self.title} answers {response.status} on {path}: {body[:300]!r}')
        return body


def _bff(title, program, config, under=(), **more):
    return Peer(title, [*under, f'@build@/{program}', '--config', f'@peers@/{config}',
                        '--listen', 'http://127.0.0.1:@port@'], **more)


def _nginx(title, config, *files, **more):
    return Peer(title, ['nginx', '-e', 'stderr', '-p', '@work@', '-c', f'@work@/{config}',
                        '-g', 'daemon off;'],
                files=(config, 'nginx_start.conf', 'nginx_http.conf', *files), **more)


def _node(title, file, env=None, headers=(), **more):
    modules = {'NODE_ENV': 'production', 'NODE_PATH': os.environ.get('NODE_PATH', '')}
    return Peer(title, ['node', f'@peers@/{file}'], env={**modules, **(env or {})},
                headers=headers, **more)


_secret = {'JWT_SECRET': SECRET}
_callgrind = ['valgrind', '--tool=callgrind', '--callgrind-out-file=@work@/callgrind.out']

PEERS = {
    'bff': _bff('bff', 'bff-web', 'bff.yaml'),
    'bff-single': _bff('bff, no io_uring', 'bff-web', 'bff_single.yaml'),
    'bff-login': _bff('bff with login', 'bff-web', 'bff_login.yaml', env=_secret),
    'bff-identity': _bff('bff with login and identity', 'bff-web', 'bff_identity.yaml',
                         env=_secret, key=True),
    'bff-token': _bff('bff with a token', 'bff-web', 'bff_login.yaml', env=_secret,
                      headers=[f'Authorization: Bearer {token()}']),
    'bff-session': _bff('bff with a session in a cookie', 'bff-web', 'bff_session.yaml',
                        env=_secret, session='cookie'),
    'bff-session-redis': _bff('bff with a session in Redis', 'bff-web', 'bff_session.yaml',
                              env=_secret, session='redis', redis=True),
    'bff-login-callgrind': _bff('bff with login, counted', 'bff-web', 'bff_login.yaml', _callgrind,
                                env=_secret),
    'bff-identity-callgrind': _bff('bff with identity, counted', 'bff-web', 'bff_identity.yaml',
                                   _callgrind, env=_secret, key=True),
    'bff-callgrind': _bff('bff, counted', 'bff-web', 'bff.yaml', _callgrind),
    'nginx': _nginx('nginx', 'nginx.conf'),
    'nginx-lua': _nginx('nginx with Lua', 'nginx_lua.conf', 'pages.lua'),
    'bff-cached': _bff('bff', 'bff-web', 'bff_cached.yaml'),
    'bff-limited': _bff('bff with limits', 'bff-web', 'bff_limited.yaml'),
    'bff-limited-redis': _bff('bff with limits in Redis', 'bff-web', 'bff_limited.yaml', redis=True),
    'nginx-cached': _nginx('nginx', 'nginx_cached.conf'),
    'haproxy-cached': Peer('haproxy', ['haproxy', '-db', '-f', '@work@/haproxy_cached.cfg'],
                           files=('haproxy_cached.cfg',)),
    'haproxy': Peer('haproxy', ['haproxy', '-db', '-f', '@work@/haproxy.cfg'],
                    files=('haproxy.cfg',)),
    'express': _node('Express', 'express.js', _secret, [f'Authorization: Bearer {token()}']),
    'express-bare': _node('Express, bare', 'express.js', {'BARE': '1'}),
    'express-limited-redis': _node('Express with a limit in Redis', 'express.js', {'BARE': '1'},
                                   redis=True),
    'fastify': _node('Fastify', 'fastify.js'),
    'bff-gzip': _bff('bff, gzip', 'bff-web', 'bff_compressed.yaml', coding='gzip'),
    'bff-br': _bff('bff, br', 'bff-web', 'bff_compressed.yaml', coding='br'),
    'nginx-gzip': _nginx('nginx, gzip', 'nginx_gzip.conf', coding='gzip'),
    'bff-lines': _bff('bff, lines', 'bff-web', 'bff.yaml', accept='application/x-ndjson'),
    'bff-events': _bff('bff, events', 'bff-web', 'bff.yaml', accept='text/event-stream'),
    'bff-traced': _bff('bff, 10 % traced', 'bff-web', 'bff_traced.yaml', sinks=True),
    'bff-recorded': _bff('bff, recorded', 'bff-web', 'bff_recorded.yaml'),
    'bff-kept': _bff('bff, recorded with all answers', 'bff-web', 'bff_recorded_answers.yaml'),
    'bff-uploads': _bff('bff', 'bff-web', 'bff_uploads.yaml', sinks=True),
    'nginx-uploads': _nginx('nginx', 'nginx_uploads.conf', sinks=True),
    'floor': Peer('C loop', ['@build@/tests/bench_floor', '@port@']),
}


def add_before(build):
    """Another build of bff, from the directory it was built in: before a change."""
    for name, under in (('before', ()), ('before-callgrind', PEERS['bff-callgrind'].command[:3])):
        PEERS[name] = Peer('bff before', [
            *under, f'{build}/bff-web', '--config', '@peers@/bff.yaml',
            '--listen', 'http://127.0.0.1:@port@'])


PEERS.update({
    f'parts-{count}': _bff(f'parts: {count}', 'tests/bench_parts', 'bff.yaml',
                           path=f'/api/parts/{count}')
    for count in (1, 4, 8, 16, 32)})
