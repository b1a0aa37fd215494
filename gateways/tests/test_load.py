"""Many requests: what becomes of them for WRK_SECONDS (60) seconds, and what they allocate."""

import http.client
import json
import os
import pathlib
import subprocess
import tempfile
import threading
import unittest

import running
import servers

SECONDS = int(os.environ.get("WRK_SECONDS", "60"))


class EchoStore:
    """A store that is as fast as the gateways: nginx, which answers with the target that it received."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="iamlet-store-"))
        self.port = servers.free_port()
        (self.folder / "nginx.conf").write_text(f"""
            worker_processes 1; daemon off; pid nginx.pid; error_log error.log;
            events {{ worker_connections 1024; }}
            http {{
                access_log off; keepalive_requests 1000000;
                client_body_temp_path a; proxy_temp_path b; fastcgi_temp_path c; uwsgi_temp_path d; scgi_temp_path e;
                server {{ listen 127.0.0.1:{self.port}; location / {{ return 200 $request_uri; }} }}
            }}""")
        self.process = subprocess.Popen(["nginx", "-p", str(self.folder), "-c", "nginx.conf", "-e", "error.log"])
        servers.wait_for(self.port, self.process)

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


def wrk(port, seconds, *options):
    script = pathlib.Path(__file__).with_name("load.lua")
    run = subprocess.run(
        ["wrk", "-t", "1", "-c", "16", "-d", f"{seconds}s", "--timeout", "10s", "-s", str(script), "-H",
         "Host: s3.example.com", "-H", "Authorization: " + servers.authorization("alice"), *options,
         f"http://127.0.0.1:{port}/"], capture_output=True, text=True, timeout=seconds + 60)
    return json.loads(run.stdout.strip().splitlines()[-1])


@unittest.skipUnless(servers.have("wrk") and servers.have("nginx"), "wrk and nginx are not both installed")
class Load(unittest.TestCase):
    def test_under_load_nothing_fails_that_policy_did_not_deny(self):
        store = EchoStore()
        made = {name: make(store.port).start() for name, make in running.MAKERS.items() if make is not None}
        found = {}
        threads = [threading.Thread(target=lambda name=name, gateway=gateway: found.update(
            {name: wrk(gateway.ports["strict"], SECONDS)})) for name, gateway in made.items()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for gateway in made.values():
            gateway.stop()
        store.stop()
        for name in made:
            counts = found[name]
            print(f"{name}, {SECONDS} s of wrk: {counts}")
            with self.subTest(name):
                self.assertEqual((counts["wrong"], counts["errors"]), (0, 0))
                # Of eight requests four are allowed, three denied, and one has no one meaning.
                self.assertGreater(counts["refused"], 100)
                self.assertAlmostEqual(counts["allowed"] / counts["refused"], 4, delta=0.5)
                self.assertAlmostEqual(counts["denied"] / counts["refused"], 3, delta=0.5)


@unittest.skipIf(running.MAKERS["Nginx"] is None, "the gateway is not built: Nginx")
class Memory(unittest.TestCase):
    def test_an_allowed_request_through_nginx_allocates_no_more_than_one_without_the_module(self):
        counter = running.BUILD / "count_malloc.so"
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", str(pathlib.Path(__file__).with_name("count_malloc.c")), "-o",
                        str(counter)], check=True)
        store = EchoStore()
        gateway = running.nginx(store.port)
        numbers = gateway.folder / "allocations"
        numbers.write_bytes(bytes(8))
        # The workers run as another user.
        numbers.chmod(0o666)
        configuration = gateway.configuration.replace(
            "            proxy_set_header Connection \"\";\n        }",
            "            proxy_set_header Connection \"\";\n        }\n"
            "        location /without/ { iamlet off; proxy_pass http://store; proxy_set_header Host $http_host; "
            "proxy_set_header Connection \"\"; }", 1)
        self.assertNotEqual(configuration, gateway.configuration)
        (gateway.folder / "nginx.conf").write_text(configuration)
        gateway.start(wrapper=["env", f"LD_PRELOAD={counter}", f"COUNT_MALLOC={numbers}"])
        try:
            def allocations(target):
                connection = http.client.HTTPConnection("127.0.0.1", gateway.ports["strict"])
                headers = {"Host": "s3.example.com", "Authorization": servers.authorization("alice")}
                for count in (20, 400):
                    before = int.from_bytes(numbers.read_bytes(), "little")
                    for _ in range(count):
                        connection.request("GET", target, headers=headers)
                        answer = connection.getresponse()
                        answer.read()
                        self.assertEqual(answer.status, 200)
                    found = int.from_bytes(numbers.read_bytes(), "little") - before
                connection.close()
                return found
            without, guarded = allocations("/without/plan"), allocations("/team/alice/plan")
            print(f"400 requests through nginx: {without} allocations without the module, {guarded} with it")
            self.assertGreater(without, 0)
            self.assertLessEqual(guarded, without)
        finally:
            gateway.stop()
            store.stop()


if __name__ == "__main__":
    unittest.main()
