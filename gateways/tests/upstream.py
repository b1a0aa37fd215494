"""A small stand-in for an S3 store: it answers each request with 200 and a body of the right shape, and tells in its
headers what it received, so that a test can compare what was decided with what was forwarded."""

import socketserver
import threading
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

XMLNS = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'


def body_for(method, path, query, headers):
    parameters = parse_qs(query, keep_blank_values=True)
    has_key = path.strip("/").count("/") > 0
    if method == "POST" and "uploads" in parameters:
        return f"<InitiateMultipartUploadResult {XMLNS}><UploadId>u1</UploadId></InitiateMultipartUploadResult>"
    if method == "POST" and "uploadId" in parameters:
        return f"<CompleteMultipartUploadResult {XMLNS}><ETag>e</ETag></CompleteMultipartUploadResult>"
    if method == "PUT" and "x-amz-copy-source" in headers:
        return f"<CopyObjectResult {XMLNS}><ETag>e</ETag></CopyObjectResult>"
    if method == "GET" and "tagging" in parameters:
        return f"<Tagging {XMLNS}><TagSet><Tag><Key>plan</Key><Value>a</Value></Tag></TagSet></Tagging>"
    if method == "GET" and not has_key and "location" in parameters:
        return f"<LocationConstraint {XMLNS}></LocationConstraint>"
    if method == "GET" and path.strip("/") == "":
        return f"<ListAllMyBucketsResult {XMLNS}><Buckets></Buckets></ListAllMyBucketsResult>"
    if method == "GET" and not has_key:
        return f"<ListBucketResult {XMLNS}><Name>b</Name><KeyCount>0</KeyCount></ListBucketResult>"
    return "an object" if method in ("GET", "HEAD") else ""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    seen = []

    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(length)
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            while (size := int(self.rfile.readline().split(b";")[0], 16)) > 0:
                self.rfile.read(size + 2)
            self.rfile.readline()
        target = urlsplit(self.path)
        body = body_for(self.command, target.path, target.query, self.headers).encode()
        Handler.seen.append((self.command, self.path, self.headers.get("Host")))
        self.send_response(204 if self.command == "DELETE" else 200)
        self.send_header("X-Received", self.path)
        self.send_header("ETag", '"e"')
        if self.command != "DELETE":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command not in ("HEAD", "DELETE"):
            self.wfile.write(body)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = do_OPTIONS = do_PATCH = answer

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def shutdown(self):
        super().shutdown()
        self.server_close()


def start(port):
    """Starts the store in a thread of its own; `Handler.seen` has what it received."""
    server = Server(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
