"""A service that signs everybody in, and a client that signs in through a gateway."""
import http.client
import http.server
import json
import threading

ORIGIN = 'http://127.0.0.1:{}'


def start_service(token):
    """Its URL. It runs in a thread until this program ends."""
    answer = json.dumps({'token': token, 'refreshToken': 'a refresh token', 'expiresIn': 86400}).encode()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = 'HTTP/1.1'

        def do_POST(self):
            self.rfile.read(int(self.headers['Content-Length']))
            self.do_GET()

        def do_GET(self):
            self.send_response(200)
            self.send_header('Content-Type', 'application/json')
            self.send_header('Content-Length', str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *what):
            pass

    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return ORIGIN.format(server.server_port)


def sign_in(port):
    """The header lines of a browser that has signed in."""
    connection = http.client.HTTPConnection('127.0.0.1', port, timeout=10)
    connection.request('POST', '/api/auth/login', body='{}', headers={
        'Content-Type': 'application/json', 'X-CSRF': '1', 'Origin': ORIGIN.format(port)})
    response = connection.getresponse()
    body, cookies = response.read(), response.headers.get_all('Set-Cookie') or []
    connection.close()
    if response.status != 200 or not cookies:
        raise OSError(f'the login got {response.status}: {body[:300]!r}')
    return ['X-CSRF: 1', 'Cookie: ' + '; '.join(cookie.split(';')[0] for cookie in cookies)]
