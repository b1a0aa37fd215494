"""What the engine costs a gateway: each against a module that reads the same fields, maps them in the same way, and
always allows (always_allow.c). Prints a table, and writes FIGURES, if that is set, for the benchmarks' report.

Instructions are callgrind's, of one worker and outside the kernel: the difference of two runs that differ in their number
of requests, so that the start does not count. Requests a second are wrk's, the two taken in turn, and the time is what the
process took in that while, in the kernel, too; their shares are those of the medians.
"""

import http.client
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys

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
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
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
    gateway.process.wait(300)
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


def processor_seconds(process):
    """What a process and its children have taken: nginx's worker is a child."""
    found = 0.0
    pids = [process.pid, *map(int, pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split())]
    for pid in pids:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        found += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return found


def requests_a_second(gateway):
    """Requests a second, and nanoseconds of the gateway's processor a request."""
    port = gateway.ports["strict"]
    options = [item for name, value in HEADERS.items() for item in ("-H", f"{name}: {value}")]
    before = processor_seconds(gateway.process)
    run = subprocess.run(["wrk", "-t", "1", "-c", "16", "-d", f"{SECONDS}s", *options, f"http://127.0.0.1:{port}{TARGET}"],
                         capture_output=True, text=True, timeout=SECONDS + 60)
    taken = processor_seconds(gateway.process) - before
    assert "Non-2xx" not in run.stdout, run.stdout
    requests = int(re.search(r"(\d+) requests in", run.stdout)[1])
    return float(re.search(r"Requests/sec:\s*([\d.]+)", run.stdout)[1]), taken / requests * 1e9


def throughput(name, engine, allow, store_port):
    """With the engine and with the stand-in, in turn: two lists of requests a second and nanoseconds a request."""
    gateways = [make(name, engine, store_port).start(), make(name, allow, store_port).start()]
    found = ([], [])
    for number in range(ROUNDS):
        for which in (0, 1) if number % 2 == 0 else (1, 0):
            found[which].append(requests_a_second(gateways[which]))
    for gateway in gateways:
        gateway.stop()
    return found


def median_and_spread(values):
    return f"{statistics.median(values):,.0f} ({min(values):,.0f} to {max(values):,.0f})"


def main():
    engine = {"nginx": running.NGINX_MODULE, "envoy": running.ENVOY_FILTER.parent}
    allow = {"nginx": ALLOW / "ngx_http_iamlet_module.so", "envoy": ALLOW}
    store = EchoStore()
    facts, notes = {}, {}
    for name in sys.argv[1:]:
        samples = throughput(name, engine, allow, store.port)
        with_engine, without = ([list(column) for column in zip(*list_of_both)] for list_of_both in samples)
        counts = instructions(name, engine, store.port), instructions(name, allow, store.port)
        facts[f"{name} share of requests a second"] = 1 - statistics.median(with_engine[0]) / statistics.median(without[0])
        facts[f"{name} share of time"] = 1 - statistics.median(without[1]) / statistics.median(with_engine[1])
        facts[f"{name} share of instructions"] = 1 - counts[1] / counts[0]
        notes[f"{name} requests a second"] = f"{median_and_spread(with_engine[0])} against {median_and_spread(without[0])}"
        notes[f"{name} time"] = f"{median_and_spread(with_engine[1])} ns against {median_and_spread(without[1])} ns"
        notes[f"{name} instructions"] = f"{counts[0]:,.0f} against {counts[1]:,.0f}"
        for what in ("requests a second", "time", "instructions"):
            share = facts[f"{name} share of {what}"]
            print(f"{name}, {what}: {notes[f'{name} {what}']}: the engine's share is {share:.1%}")
    store.stop()
    if "FIGURES" in os.environ:
        pathlib.Path(os.environ["FIGURES"]).write_text(json.dumps({"facts": facts, "notes": notes, "rows": {}}))


if __name__ == "__main__":
    main()
