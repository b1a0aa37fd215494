"""Starts the real gateways in front of the store, each in a folder of its own, and stops them again."""

import base64
import hashlib
import http.client
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import h2.config
import h2.connection
import h2.events

import upstream

HERE = pathlib.Path(__file__).resolve().parent
GATEWAYS = HERE.parent
USERS = ("alice", "bob", "admin", "carol")
PASSWORD = "open"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, process, seconds=20):
    for _ in range(seconds * 20):
        if process.poll() is not None:
            raise RuntimeError(f"the gateway ended with status {process.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the gateway does not listen")


def password_file():
    digest = base64.b64encode(hashlib.sha1(PASSWORD.encode()).digest()).decode()
    return "".join(f"{user}:{{SHA}}{digest}\n" for user in USERS)


def authorization(user):
    return "Basic " + base64.b64encode(f"{user}:{PASSWORD}".encode()).decode()


class Gateway:
    """What both gateways have: a folder with policies and users, a process, ports by name."""

    def __init__(self, ports):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="iamlet-gateway-"))
        # nginx's workers may run as another user.
        self.folder.chmod(0o755)
        shutil.copytree(HERE / "policies", self.folder / "policies")
        (self.folder / "users").write_text(password_file())
        self.ports = {name: free_port() for name in ports}
        self.process = None

    def fill(self, template, **values):
        text = template.read_text()
        for name, value in {**{name.upper(): port for name, port in self.ports.items()}, **values}.items():
            text = text.replace(f"@{name}@", str(value))
        return text

    def output(self):
        """What it wrote before it had a log, and what a sanitizer reports."""
        path = self.folder / "out.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def end(self, how=signal.SIGTERM):
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(20)
            self.process = None

    def stop(self, how=signal.SIGTERM):
        self.end(how)
        shutil.rmtree(self.folder, ignore_errors=True)


class Nginx(Gateway):
    name = "nginx"

    def __init__(self, module, store_port, template=HERE / "nginx.conf", workers=1):
        super().__init__(["strict", "http2", "raw", "normalized", "variables", "header"])
        shutil.copy(GATEWAYS / "nginx" / "example.conf", self.folder)
        self.configuration = self.fill(template, MODULE=module, UPSTREAM=store_port, WORKERS=workers)
        (self.folder / "nginx.conf").write_text(self.configuration)

    def command(self, *arguments):
        # A sanitizer's library, where the module was built for one: it has to come before all others.
        preload = ["env", "LD_PRELOAD=" + os.environ["PRELOAD"]] if "PRELOAD" in os.environ else []
        return [*preload, "nginx", "-p", str(self.folder), "-c", "nginx.conf", "-e", "error.log", *arguments]

    def start(self, wrapper=()):
        with open(self.folder / "out.log", "w") as log:
            self.process = subprocess.Popen([*wrapper, *self.command()], stdout=log, stderr=subprocess.STDOUT)
        wait_for(self.ports["strict"], self.process, 300 if wrapper else 20)
        return self

    def check(self):
        """`nginx -t`: whether it accepts the configuration, and what it says."""
        run = subprocess.run(self.command("-t"), capture_output=True, text=True, timeout=60)
        return run.returncode == 0, run.stderr

    def be_renewable(self):
        return self

    def renew(self):
        """Takes the configuration again, and with it the policies."""
        self.process.send_signal(signal.SIGHUP)

    def log(self):
        return (self.folder / "error.log").read_text(errors="replace")


def raw_request(port, method, target, headers, body=b""):
    """Sends a request exactly as it is written, and returns status, headers and body."""
    lines = [f"{method} ".encode() + (target if isinstance(target, bytes) else target.encode()) + b" HTTP/1.1"]
    lines += [f"{name}: {value}".encode("utf-8", "surrogateescape") for name, value in headers]
    if body or method in ("PUT", "POST"):
        lines.append(f"Content-Length: {len(body)}".encode())
    return raw_bytes(port, b"\r\n".join(lines) + b"\r\n\r\n" + body, method)


def raw_bytes(port, request, method="GET"):
    """The same of the bytes of a whole request."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(request)
        response = http.client.HTTPResponse(connection, method=method)
        response.begin()
        return response.status, response.headers, response.read()


def http2_request(port, method, target, headers):
    """The same over HTTP/2, where a value may have white space around it; the status."""
    config = h2.config.H2Configuration(validate_outbound_headers=False, normalize_outbound_headers=False)
    client = h2.connection.H2Connection(config)
    client.initiate_connection()
    host = dict(headers)["Host"]
    lines = [(":method", method), (":scheme", "http"), (":authority", host), (":path", target)]
    lines += [(name.lower(), value) for name, value in headers if name != "Host"]
    client.send_headers(1, lines, end_stream=True)
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(client.data_to_send())
        while True:
            for event in client.receive_data(connection.recv(65536)):
                if isinstance(event, h2.events.ResponseReceived):
                    return int(dict(event.headers)[b":status"])


def start_store():
    port = free_port()
    return upstream.start(port), port


def have(program):
    return shutil.which(program) is not None
