"""Gateways with a mistake in them (planted.c), built for a sanitizer: it has to see it, or it sees nothing else."""

import http.client
import unittest

import running
import servers

# AddressSanitizer sees the byte, and UBSan the sum.
SEEN = {"Nginx": "AddressSanitizer: global-buffer-overflow", "Envoy": "runtime error: signed integer overflow"}


class Planted(unittest.TestCase):
    def test_a_planted_mistake_ends_the_gateway_with_a_report(self):
        store, store_port = servers.start_store()
        for name, make in running.MAKERS.items():
            if make is None:
                continue
            with self.subTest(name):
                gateway = make(store_port).start()
                try:
                    with self.assertRaises((OSError, http.client.HTTPException)):
                        servers.raw_request(gateway.ports["strict"], "GET", "/team/alice/x", [
                            ("Host", "s3.example.com"), ("Authorization", servers.authorization("alice"))])
                    self.assertRegex(gateway.log() + gateway.output(), SEEN[name])
                finally:
                    gateway.stop()
        store.shutdown()


if __name__ == "__main__":
    unittest.main()
