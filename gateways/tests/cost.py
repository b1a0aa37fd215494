"""What the engine costs a gateway: each against a module that reads the same fields, maps them in the same way, and
always allows (always_allow.c). Prints a table, and writes FIGURES, if that is set, for the benchmarks' report.

Instructions are callgrind's, of one worker: the difference of two runs that differ in their number of requests, so that
the start does not count. Requests a second are wrk's, the two taken in turn; the share is that of the medians.
"""

import http.client
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

import running
import servers
from test_load import EchoStore

ROUNDS = int(os.environ.get("ROUNDS", "7"))
SECONDS = int(os.environ.get("SECONDS", "3"))
TARGET = "/team/alice/plan"
HEADERS = {"Host": "s3.example.com", "Authorization": servers.authorization("alice"), "User-Agent": "cost/1",
           "Accept": "*/*"}
ALLOW = running.BUILD / "allow"


def make(name, modules, store_port):
    if name == "nginx":
        return servers.Nginx(modules["nginx"], store_port)
    from envoy import Envoy
    return Envoy(running.ENVOY_PROGRAM, modules["envoy"], store_port)


def get(port, count):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    for _ in range(count):
        connection.request("GET", TARGET, headers=HEADERS)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
    connection.close()


def instructions_of_run(gateway, count):
    """All instructions of a gateway that starts, answers so many requests, and ends."""
    out = gateway.folder / "callgrind.out"
    gateway.start(wrapper=["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}.%p", "--trace-children=no"])
    get(gateway.ports["strict"], count)
    gateway.process.terminate()
    gateway.process.wait(120)
    gateway.process = None
    found = [int(re.search(r"^(?:summary|totals): (\d+)", part.read_text(errors="replace"), re.M)[1])
             for part in gateway.folder.glob("callgrind.out.*")]
    for part in gateway.folder.glob("callgrind.out.*"):
        part.unlink()
    return sum(found)


def instructions(name, modules, store_port):
    gateway = make(name, modules, store_port)
    if name == "nginx":
        # One process, so that callgrind follows the one that works.
        path = gateway.folder / "nginx.conf"
        path.write_text("master_process off;\n" + path.read_text())
    few, many = 200, 1200
    try:
        return (instructions_of_run(gateway, many) - instructions_of_run(gateway, few)) / (many - few)
    finally:
        gateway.stop()


def requests_a_second(port):
    options = [item for name, value in HEADERS.items() for item in ("-H", f"{name}: {value}")]
    run = subprocess.run(["wrk", "-t", "1", "-c", "16", "-d", f"{SECONDS}s", *options, f"http://127.0.0.1:{port}{TARGET}"],
                         capture_output=True, text=True, timeout=SECONDS + 60)
    assert "Non-2xx" not in run.stdout, run.stdout
    return float(re.search(r"Requests/sec:\s*([\d.]+)", run.stdout)[1])


def throughput(name, engine, allow, store_port):
    """Requests a second with the engine and with the stand-in, in turn: two lists."""
    gateways = [make(name, engine, store_port).start(), make(name, allow, store_port).start()]
    found = ([], [])
    for number in range(ROUNDS):
        for which in (0, 1) if number % 2 == 0 else (1, 0):
            found[which].append(requests_a_second(gateways[which].ports["strict"]))
    for gateway in gateways:
        gateway.stop()
    return found


def spread(values):
    return f"{min(values):,.0f} to {max(values):,.0f}"


def main():
    engine = {"nginx": running.NGINX_MODULE, "envoy": running.ENVOY_FILTER.parent}
    allow = {"nginx": ALLOW / "ngx_http_iamlet_module.so", "envoy": ALLOW}
    store = EchoStore()
    figures = {}
    for name in sys.argv[1:]:
        with_engine, without = throughput(name, engine, allow, store.port)
        rates = statistics.median(with_engine), statistics.median(without)
        print(f"{name}: {rates[0]:,.0f} requests a second ({spread(with_engine)}); always allowed {rates[1]:,.0f} "
              f"({spread(without)}): share {1 - rates[0] / rates[1]:.1%}")
        counts = instructions(name, engine, store.port), instructions(name, allow, store.port)
        print(f"{name}: {counts[0]:,.0f} instructions a request; always allowed {counts[1]:,.0f}: "
              f"share {1 - counts[1] / counts[0]:.1%}")
        figures[name] = {"requests": with_engine, "requests_allowed": without, "instructions": counts[0],
                         "instructions_allowed": counts[1]}
    store.stop()
    if "FIGURES" in os.environ:
        pathlib.Path(os.environ["FIGURES"]).write_text(json.dumps({"gateways": figures}))


if __name__ == "__main__":
    main()
