"""Sends one request by http.client or by requests. Reads it from standard input, as JSON: library, url,
method, path, headers (pairs), body_bytes, is_chunked. Prints {"status", "text"}, or {"error"}."""
import http.client
import json
import ssl
import sys
import urllib.parse

request = json.load(sys.stdin)
body = b"x" * request["body_bytes"] if request["body_bytes"] else None
if request.get("is_chunked"):
    body = iter([body])
headers = dict(request["headers"])


def by_http_client():
    address = urllib.parse.urlsplit(request["url"])
    if address.scheme == "https":
        context = ssl.create_default_context(cafile=request["ca_file"])
        connection = http.client.HTTPSConnection(address.hostname, address.port, context=context)
    else:
        connection = http.client.HTTPConnection(address.hostname, address.port)
    connection.request(request["method"], request["path"], body=body, headers=headers)
    response = connection.getresponse()
    return response.status, response.read().decode()


def by_requests():
    import requests

    response = requests.request(
        request["method"], request["url"] + request["path"], data=body, headers=headers,
        verify=request["ca_file"])
    return response.status_code, response.text


try:
    status, text = by_requests() if request["library"] == "requests" else by_http_client()
    print(json.dumps({"status": status, "text": text}))
except OSError as error:
    print(json.dumps({"error": repr(error)}))
