"""What the engine costs a gateway: each against a module that reads the same fields, maps them in the same way, and
always allows (always_allow.c). Prints a table, and writes FIGURES, if that is set, for the benchmarks' report.

All is measured twice: with one request that comes again and again, which the gateway remembers, and with requests that are
new each time, which the engine decides.

Instructions are callgrind's, of one worker and outside the kernel: the difference of two runs that differ in their number
of requests, so that the start does not count. Requests a second are wrk's, and the time is what the process took in that
while, in the kernel, too. The two modules take turns on one processor, with wrk and the store on another, and the share is
the median of those of their pairs.
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

PAIRS = int(os.environ.get("PAIRS", "21"))
SECONDS = int(os.environ.get("SECONDS", "1"))
REPEATED, NEW = "that repeat", "that are new"
HEADERS = {"Host": "s3.example.com", "Authorization": servers.authorization("alice"), "User-Agent": "cost/1",
           "Accept": "*/*"}
ALLOW = running.BUILD / "allow"


def make(name, modules, store_port):
    if name == "nginx":
        return servers.Nginx(modules["nginx"], store_port)
    from envoy import Envoy
    return Envoy(running.ENVOY_PROGRAM, modules["envoy"], store_port)


def target(kind, number):
    return f"/team/alice/{0 if kind == REPEATED else number:08}"


def get(port, kind, count):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    for number in range(count):
        connection.request("GET", target(kind, number), headers=HEADERS)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
    connection.close()


def instructions_of_run(gateway, kind, count):
    """All instructions of a gateway that starts, answers so many requests, and ends."""
    out = gateway.folder / "callgrind.out"
    gateway.start(wrapper=["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}.%p", "--trace-children=no"])
    get(gateway.ports["strict"], kind, count)
    gateway.process.terminate()
    gateway.process.wait(300)
    gateway.process = None
    found = [int(re.search(r"^(?:summary|totals): (\d+)", part.read_text(errors="replace"), re.M)[1])
             for part in gateway.folder.glob("callgrind.out.*")]
    for part in gateway.folder.glob("callgrind.out.*"):
        part.unlink()
    return sum(found)


def instructions(name, modules, store_port, kind):
    gateway = make(name, modules, store_port)
    if name == "nginx":
        # One process, so that callgrind follows the one that works.
        path = gateway.folder / "nginx.conf"
        path.write_text("master_process off;\n" + path.read_text())
    few, many = 200, 700
    try:
        return (instructions_of_run(gateway, kind, many) - instructions_of_run(gateway, kind, few)) / (many - few)
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


def requests_a_second(gateway, kind):
    """Requests a second, and nanoseconds of the gateway's processor a request."""
    port = gateway.ports["strict"]
    options = [item for name, value in HEADERS.items() for item in ("-H", f"{name}: {value}")]
    if kind == NEW:
        options += ["-s", str(pathlib.Path(__file__).with_name("new_targets.lua"))]
    before = processor_seconds(gateway.process)
    run = subprocess.run(["wrk", "-t", "1", "-c", "16", "-d", f"{SECONDS}s", *options,
                          f"http://127.0.0.1:{port}{target(kind, 0)}"], capture_output=True, text=True, timeout=SECONDS + 60)
    taken = processor_seconds(gateway.process) - before
    assert "Non-2xx" not in run.stdout, run.stdout
    requests = int(re.search(r"(\d+) requests in", run.stdout)[1])
    return float(re.search(r"Requests/sec:\s*([\d.]+)", run.stdout)[1]), taken / requests * 1e9


def throughput(name, engine, allow, store_port, kind):
    """With the engine and with the stand-in, in turn: two lists of requests a second and nanoseconds a request."""
    pinned = ["taskset", "--cpu-list", "0"] if os.cpu_count() > 1 else []
    found = ([], [])
    for number in range(PAIRS):
        if number % 3 == 0:
            # Of two processes one may be faster for as long as it runs, whatever it does.
            gateways = [make(name, modules, store_port).start(wrapper=pinned) for modules in (engine, allow)]
        for which in (0, 1) if number % 2 == 0 else (1, 0):
            found[which].append(requests_a_second(gateways[which], kind))
        if number % 3 == 2 or number == PAIRS - 1:
            for gateway in gateways:
                gateway.stop()
    return found


def median_and_spread(values):
    """The median, and between what the middle half lies."""
    low, _, high = statistics.quantiles(values)
    return f"{statistics.median(values):,.0f} ({low:,.0f} to {high:,.0f})"


def measure(name, engine, allow, store_port, kind):
    """What was measured, each with the engine's share and the two figures."""
    samples = throughput(name, engine, allow, store_port, kind)
    (rate, time), (rate_without, time_without) = ([list(column) for column in zip(*both)] for both in samples)
    counts = instructions(name, engine, store_port, kind), instructions(name, allow, store_port, kind)

    def share(less, more):
        return statistics.median(1 - a / b for a, b in zip(less, more))
    return {
        "instructions": (1 - counts[1] / counts[0], f"{counts[0]:,.0f} against {counts[1]:,.0f}"),
        "requests a second": (share(rate, rate_without),
                              f"{median_and_spread(rate)} against {median_and_spread(rate_without)}"),
        "time": (share(time_without, time), f"{median_and_spread(time)} ns against {median_and_spread(time_without)} ns"),
    }


def main():
    engine = {"nginx": running.NGINX_MODULE, "envoy": running.ENVOY_FILTER.parent}
    allow = {"nginx": ALLOW / "ngx_http_iamlet_module.so", "envoy": ALLOW}
    if os.cpu_count() > 1:
        # The store and wrk, too.
        os.sched_setaffinity(0, {1})
    store = EchoStore()
    facts, notes = {}, {}
    for name in sys.argv[1:]:
        for kind in (REPEATED, NEW):
            for what, (share, note) in measure(name, engine, allow, store.port, kind).items():
                print(f"{name}, requests {kind}, {what}: {note}: the engine's share is {share:.1%}")
                facts[f"{name} share of {what}, {kind}"] = share
                notes[f"{name} {what}, {kind}"] = note
    store.stop()
    if "FIGURES" in os.environ:
        pathlib.Path(os.environ["FIGURES"]).write_text(json.dumps({"facts": facts, "notes": notes, "rows": {}}))


if __name__ == "__main__":
    main()
