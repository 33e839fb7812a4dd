"""
What is measured. Of each work:
  title        of its table
  path         that clients ask for
  peers        that do it, bff first; answers of the others have to be as bff's
  bars         the most that bff may cost in comparison: its processor time by a peer's
  connections  of the clients
  streams      of each connection, at a time; 0: it is HTTP/1.1
  offset_ms    how long the services wait before they answer, taken off what clients see
  token        clients send one
  is_exact     only latencies that were measured count (load.http1_exact)
"""
from dataclasses import dataclass, field


@dataclass
class Work:
    title: str
    path: str
    peers: tuple
    bars: dict = field(default_factory=dict)
    connections: int = 64
    streams: int = 0
    offset_ms: int = 0
    token: bool = False
    is_exact: bool = False


_aggregators = ('bff', 'bff-single', 'nginx-lua', 'fastify', 'express', 'express-bare', 'floor')

WORKS = {
    'plain': Work('Plain route, 300 B, HTTP/1.1', '/api/users/small',
                  ('bff', 'bff-single', 'nginx', 'haproxy'), {'nginx': 1.0, 'haproxy': 1.0}),
    'h2c': Work('Plain route, 300 B, HTTP/2 without TLS, 16 connections of 8 streams',
                '/api/users/small', ('bff', 'nginx', 'haproxy'), {'haproxy': 1.2},
                connections=16, streams=8),
    'dashboard-300': Work('Dashboard, 4 x 300 B', '/api/dashboard/small', _aggregators,
                          {'nginx-lua': 0.6, 'fastify': 1 / 3, 'express': 1 / 15, 'floor': 1.5}),
    'dashboard-4k': Work('Dashboard, 4 x 4 KB', '/api/dashboard/medium', _aggregators,
                         {'nginx-lua': 0.8}),
    'dashboard-64k': Work('Dashboard, 4 x 64 KB', '/api/dashboard/large', _aggregators,
                          {'nginx-lua': 1.0, 'fastify': 1 / 8}),
    'product-300': Work('Product page, 3 x 300 B, computed members', '/api/products/small',
                        ('bff', 'nginx-lua', 'fastify')),
    'product-4k': Work('Product page, 3 x 4 KB, computed members', '/api/products/medium',
                       ('bff', 'nginx-lua', 'fastify'), {'nginx-lua': 0.45}),
    'checkout': Work('Checkout: an order, then its user and 3 products, 300 B each',
                     '/api/checkout/small', ('bff', 'nginx-lua', 'fastify'), {'nginx-lua': 0.6}),
    'latency': Work('Dashboard, 4 x 300 B, services 20 ms away, 32 connections',
                    '/api/dashboard/slow', ('bff', 'nginx-lua'), connections=32, offset_ms=20),
    'cached': Work('Plain route, 4 KB, from the cache, HTTP/1.1', '/api/users/medium',
                   ('bff-cached', 'nginx-cached', 'haproxy-cached'),
                   {'nginx-cached': 1.0, 'haproxy-cached': 1.1}),
    'limited': Work('Limits: a plain route with the default limits, in memory', '/api/users/small',
                    ('bff', 'bff-limited')),
    'limits-in-redis': Work('Limits in Redis: the dashboard, 4 x 300 B', '/api/dashboard/small',
                            ('bff', 'bff-limited-redis', 'express-bare', 'express-limited-redis')),
    'login': Work('Login: a plain route with an HS256 token, known by the cache',
                  '/api/users/small', ('bff', 'bff-login'), token=True),
    'session': Work('Sessions: a plain route, 300 B, for a browser that has signed in',
                    '/api/users/small',
                    ('bff', 'bff-token', 'bff-session', 'bff-session-redis')),
    'identity': Work('Identity: the dashboard of a known user, 4 x 300 B, a token for each service',
                     '/api/dashboard/small', ('bff-login', 'bff-identity'), token=True),
    'compression': Work('Compression: a plain route, 20 KB of JSON, gzip level 5 and brotli level 4',
                        '/api/users/twenty',
                        ('bff-gzip', 'bff-br', 'nginx-gzip', 'bff', 'nginx'), {'nginx-gzip': 1.0}),
    'streamed': Work('Streamed: the dashboard, 4 x 300 B, as JSON and part by part',
                     '/api/dashboard/small', ('bff', 'bff-lines', 'bff-events')),
    'tracing': Work('Traces: the dashboard, 4 x 300 B, of which 10 % are traced',
                    '/api/dashboard/small', ('bff', 'bff-traced')),
    'recorder': Work('Recorder: the dashboard, 4 x 300 B, with the flight recorder',
                     '/api/dashboard/small', ('bff', 'bff-recorded', 'bff-kept')),
    'parts': Work('Pages of 1 to 32 parts, 300 B each, 16 connections', None,
                  tuple(f'parts-{count}' for count in (1, 4, 8, 16, 32)), connections=16),
}
