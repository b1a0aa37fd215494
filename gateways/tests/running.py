"""Which gateways there are to test, and a decorator that makes a test case for each of them."""

import os
import pathlib
import sys
import unittest

import servers

BUILD = pathlib.Path(os.environ["GATEWAYS_BUILD"])
NGINX_MODULE = BUILD / "nginx" / "ngx_http_iamlet_module.so"
ENVOY_FILTER = BUILD / "envoy" / "libiamlet_filter.so"
ENVOY_PROGRAM = os.environ.get("ENVOY", "")


def nginx(store_port, **options):
    return servers.Nginx(NGINX_MODULE, store_port, **options)


def envoy(store_port, **options):
    from envoy import Envoy
    return Envoy(ENVOY_PROGRAM, ENVOY_FILTER.parent, store_port, **options)


# gateways/test.sh says which are missing, and why.
MAKERS = {"Nginx": nginx if NGINX_MODULE.exists() else None, "Envoy": envoy if ENVOY_FILTER.exists() else None}


def for_each_gateway(tests):
    """Makes a test case for each gateway that is built, which starts it before a store and stops both again."""
    for name, make in MAKERS.items():
        if make is None:
            continue

        class Case(tests, unittest.TestCase):
            make_gateway = staticmethod(make)

            @classmethod
            def setUpClass(cls):
                cls.store, store_port = servers.start_store()
                cls.gateway = cls.make_gateway(store_port).start()

            @classmethod
            def tearDownClass(cls):
                cls.gateway.stop()
                cls.store.shutdown()

        Case.__name__ = Case.__qualname__ = f"{tests.__name__}Through{name}"
        module = sys.modules[tests.__module__]
        Case.__module__ = tests.__module__
        setattr(module, Case.__name__, Case)
    return tests
