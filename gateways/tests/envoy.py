"""Envoy as the tests run it: its configuration, around the filter of gateways/envoy/example.yaml."""

import json
import os
import subprocess
import urllib.request

import yaml

from servers import GATEWAYS, Gateway, wait_for

MANAGER = "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
BASIC_AUTH = "type.googleapis.com/envoy.extensions.filters.http.basic_auth.v3.BasicAuth"
ROUTER = "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"


def example():
    """The filter of the example, with the policies of two users more."""
    http_filter = yaml.safe_load((GATEWAYS / "envoy" / "example.yaml").read_text())
    settings_of(http_filter)["policies"] += [
        {"kind": "identity", "file": f"policies/{user}.json", "principal": f"arn:aws:iam::111122223333:user/{user}"}
        for user in ("bob", "admin")]
    return http_filter


def settings_of(http_filter):
    return http_filter["typed_config"]["filter_config"]["value"]


def listener(name, port, filters, **manager):
    return {
        "name": name,
        "address": {"socket_address": {"address": "127.0.0.1", "port_value": port}},
        "filter_chains": [{"filters": [{
            "name": "envoy.filters.network.http_connection_manager",
            "typed_config": {
                "@type": MANAGER,
                "stat_prefix": name,
                "http_filters": [*filters, {"name": "envoy.filters.http.router", "typed_config": {"@type": ROUTER}}],
                "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [
                    {"match": {"prefix": "/"}, "route": {"cluster": "store"}}]}]},
                **manager,
            },
        }]}],
    }


def basic_auth(users):
    return {"name": "envoy.filters.http.basic_auth", "typed_config": {
        "@type": BASIC_AUTH, "users": {"inline_string": users}, "forward_username_header": "x-user"}}


class Envoy(Gateway):
    name = "envoy"

    def __init__(self, program, module_folder, store_port, change=lambda settings: None, workers=1):
        super().__init__(["strict", "raw", "normalized", "header", "shadow", "admin"])
        # Envoy sees by the first bytes which HTTP it is.
        self.ports["http2"] = self.ports["strict"]
        self.program = program
        self.module_folder = module_folder
        self.workers = workers
        users = (self.folder / "users").read_text()
        path_style = {"path_style": True, "hosts": ["s3.example.com", "h"]}
        listeners = []
        for name, changes in {
            "strict": {},
            "raw": {"s3": {**path_style, "path": "raw", "plus": "literal", "bodies": "unseen"}, "reason_header": False},
            "normalized": {"s3": {**path_style, "path": "raw", "plus": "space"}},
            "header": {"s3": {**path_style, "buckets": ["metrics"]}, "principal": {"header": "x-principal", "verified": True},
                       "role": {"header": "x-role", "verified": True}},
            "shadow": {"shadow": True},
        }.items():
            http_filter = example()
            settings_of(http_filter).update(changes)
            change(settings_of(http_filter))
            filters = [http_filter] if name == "header" else [basic_auth(users), http_filter]
            manager = {"normalize_path": True, "merge_slashes": True} if name == "normalized" else {}
            listeners.append(listener(name, self.ports[name], filters, **manager))
        self.configuration = {
            "admin": {"address": {"socket_address": {"address": "127.0.0.1", "port_value": self.ports["admin"]}}},
            "static_resources": {
                "listeners": listeners,
                "clusters": [{"name": "store", "connect_timeout": "5s", "load_assignment": {
                    "cluster_name": "store", "endpoints": [{"lb_endpoints": [{"endpoint": {"address": {
                        "socket_address": {"address": "127.0.0.1", "port_value": store_port}}}}]}]}}],
            },
        }
        self.write()

    def write(self):
        (self.folder / "envoy.yaml").write_text(yaml.safe_dump(self.configuration))

    def be_renewable(self):
        """Envoy watches the file, and takes what is moved in its place."""
        self.listeners = self.configuration["static_resources"].pop("listeners")
        self.configuration["node"] = {"id": "gateway", "cluster": "gateways"}
        self.configuration["dynamic_resources"] = {"lds_config": {
            "resource_api_version": "V3", "path_config_source": {"path": str(self.folder / "listeners.yaml")}}}
        self.versions = 0
        self.renew()
        self.write()
        return self

    def renew(self):
        """The same listeners but for their statistics' names, so that Envoy builds them, and their policies, again."""
        self.versions += 1
        for each in self.listeners:
            manager = each["filter_chains"][0]["filters"][0]["typed_config"]
            manager["stat_prefix"] = f"{each['name']}{self.versions}"
        resources = [{"@type": "type.googleapis.com/envoy.config.listener.v3.Listener", **each} for each in self.listeners]
        new = self.folder / "listeners.new"
        new.write_text(yaml.safe_dump({"version_info": str(self.versions), "resources": resources}))
        new.replace(self.folder / "listeners.yaml")

    def command(self, *arguments):
        return [self.program, "-c", "envoy.yaml", "--concurrency", str(self.workers), "--disable-hot-restart",
                "--log-level", "info", *arguments]

    def environment(self):
        return {**os.environ, "ENVOY_DYNAMIC_MODULES_SEARCH_PATH": str(self.module_folder)}

    def start(self, wrapper=()):
        with open(self.folder / "error.log", "w") as log:
            self.process = subprocess.Popen([*wrapper, *self.command()], cwd=self.folder, env=self.environment(),
                                            stdout=log, stderr=subprocess.STDOUT)
        wait_for(self.ports["strict"], self.process, 300 if wrapper else 20)
        return self

    def check(self):
        """Envoy's own check of a configuration: whether it accepts it, and what it says."""
        run = subprocess.run(self.command("--mode", "validate"), cwd=self.folder, env=self.environment(),
                             capture_output=True, text=True, timeout=60)
        return run.returncode == 0, run.stdout + run.stderr

    def log(self):
        return (self.folder / "error.log").read_text(errors="replace")

    def counter(self, name):
        """The sum of the counters of that name, over all filters."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.ports['admin']}/stats?format=json") as answer:
            stats = json.load(answer)["stats"]
        return sum(stat["value"] for stat in stats if stat.get("name", "").endswith(name))
