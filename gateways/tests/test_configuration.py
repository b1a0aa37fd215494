"""What a gateway makes of its configuration: mistakes, files that are no policies, and changes while it runs."""

import json
import os
import re
import textwrap
import threading
import time
import unittest

import running
import servers

BAD = '{\n  "Version": "2012-10-17",\n  "Statement": [{"Effect": "Maybe", "Action": "s3:*", "Resource": "*"}]\n}\n'
ALLOW = {"Effect": "Allow", "Action": "*", "Resource": "*"}
DENY = '{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}'


def refused(path):
    path.write_text(BAD)


def missing(path):
    path.unlink()


def directory(path):
    path.unlink()
    path.mkdir()


def pipe(path):
    path.unlink()
    os.mkfifo(path)


def empty(path):
    path.write_text("")


def two_hundred_megabytes(path):
    with path.open("wb") as file:
        file.truncate(200 << 20)


def spoilt_image(path):
    path.write_bytes(b"IAMP" + bytes(200))


BAD_FILES = {
    refused: "alice.json:3:28: BAD_EFFECT",
    missing: "alice.json: No such file or directory",
    directory: "alice.json: it is a directory",
    pipe: "alice.json: it is not a regular file",
    empty: "alice.json:1:1: JSON_SYNTAX",
    two_hundred_megabytes: "alice.json: it has 209715200 bytes, and a policy has at most 4194304",
    spoilt_image: "alice.json",
}


# Conditions on context keys that a gateway gives; they hold for the request of `ask` to this target.
HOLDING = {
    "/team/x?versionId=v1": [{"StringEquals": {"s3:VersionId": "v1"}}],
    "/team?prefix=x&delimiter=y&max-keys=3": [
        {"StringEquals": {"s3:prefix": "x"}}, {"StringEquals": {"s3:delimiter": "y"}},
        {"NumericEquals": {"s3:max-keys": 3}}],
    "/team/x": [
        {"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, {"NumericGreaterThan": {"aws:EpochTime": 1577836800}},
        {"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}, {"Bool": {"aws:SecureTransport": "false"}},
        {"StringEquals": {"AWS:useragent": "agent/1"}}, {"StringEquals": {"aws:Referer": "http://here/"}},
        {"StringEquals": {"aws:username": "alice"}}, {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/alice"}},
        {"StringEquals": {"aws:ResourceAccount": "111122223333"}}, {"StringEquals": {"s3:x-amz-storage-class": "COLD"}}],
}


def ask(gateway, target="/team/alice/plan"):
    return servers.raw_request(gateway.ports["strict"], "GET", target, [
        ("Host", "s3.example.com"), ("Authorization", servers.authorization("alice")), ("User-Agent", "agent/1"),
        ("Referer", "http://here/"), ("X-Amz-Storage-Class", "COLD")])[0]


def until(condition, seconds=20):
    end = time.time() + seconds
    while not condition():
        if time.time() > end:
            raise AssertionError("it has not become so")
        time.sleep(0.05)


class BadFiles:
    """For both gateways: a policy file that is none is refused with a message, and nothing else happens."""

    def test_a_policy_file_that_is_none_is_refused_with_its_place(self):
        for spoil, message in BAD_FILES.items():
            with self.subTest(spoil.__name__):
                gateway = self.make_gateway(servers.free_port())
                try:
                    spoil(gateway.folder / "policies" / "alice.json")
                    accepted, said = gateway.check()
                    self.assertFalse(accepted, said)
                    self.assertIn(message, said)
                finally:
                    gateway.stop()

    def test_a_running_server_keeps_its_policies_until_it_takes_new_ones(self):
        store, store_port = servers.start_store()
        gateway = self.make_gateway(store_port).be_renewable().start()
        path = gateway.folder / "policies" / "alice.json"
        old = path.read_text()
        try:
            for spoil, message in BAD_FILES.items():
                with self.subTest(spoil.__name__):
                    self.assertEqual(ask(gateway), 200)
                    spoil(path)
                    self.assertEqual(ask(gateway), 200)
                    seen = gateway.log().count(message)
                    gateway.renew()
                    until(lambda: gateway.log().count(message) > seen)
                    self.assertEqual((ask(gateway), ask(gateway, "/team/bob/x")), (200, 403))
                    path.rmdir() if path.is_dir() else path.unlink(missing_ok=True)
                    path.write_text(old)
            path.write_text(DENY)
            self.assertEqual(ask(gateway), 200)
            gateway.renew()
            until(lambda: ask(gateway) == 403)
        finally:
            gateway.stop()
            store.shutdown()


    def test_context_keys_that_a_policy_names_are_given(self):
        for target, conditions in HOLDING.items():
            for condition in conditions:
                with self.subTest(condition):
                    gateway = self.make_gateway(self.store_port)
                    deny = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition}
                    try:
                        for statements, status in (([ALLOW], 200), ([ALLOW, deny], 403)):
                            policy = {"Version": "2012-10-17", "Statement": statements}
                            (gateway.folder / "policies" / "alice.json").write_text(json.dumps(policy))
                            gateway.start()
                            self.assertEqual(ask(gateway, target), status)
                            gateway.end()
                    finally:
                        gateway.stop()

    def test_context_keys_that_no_request_has_are_warned_of(self):
        gateway = self.make_gateway(self.store_port)
        unknown = {"s3:ExistingObjectTag/secret": "yes", "aws:PrincipalTag/team": "red"}
        known = {"s3:prefix": "x", "aws:SourceIp": "1.2.3.4", "s3:RequestObjectTag/a": "b", "aws:PrincipalArn": "x"}
        deny = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringLike": {**unknown, **known}}}
        path = gateway.folder / "policies" / "admin.json"
        path.write_text(json.dumps({"Version": "2012-10-17", "Statement": deny}))
        try:
            accepted, said = gateway.check()
            self.assertTrue(accepted, said)
            for name in unknown:
                self.assertRegex(said, f'the context key "{name.lower()}" is not given here, and .*policies/admin.json names it')
            for name in ("aws:SourceIp", "aws:PrincipalArn", "aws:username"):
                self.assertNotIn(f'"{name.lower()}"', said)
        finally:
            gateway.stop()


class Documented(unittest.TestCase):
    def test_the_readme_shows_what_is_run_in_ten_lines_at_most(self):
        def block(language):
            return readme.split(f"```{language}\n")[1].split("```")[0]
        readme = (servers.GATEWAYS.parent / "README.md").read_text()
        yaml = (servers.GATEWAYS / "envoy" / "example.yaml").read_text()
        self.assertEqual(block("nginx"), (servers.GATEWAYS / "nginx" / "example.conf").read_text())
        self.assertEqual(block("yaml"), textwrap.dedent(yaml.split("    value:\n")[1]))
        for language in ("nginx", "yaml"):
            self.assertLessEqual(len(block(language).splitlines()), 10)
        location = (servers.GATEWAYS / "nginx" / "README.md").read_text().split("```nginx\n")[1].split("}")[0]
        self.assertIn(textwrap.indent(location, "        "), (servers.HERE / "nginx.conf").read_text())


def only(name):
    return unittest.skipIf(running.MAKERS[name] is None, f"the gateway is not built: {name}")


@only("Nginx")
class Nginx(BadFiles, unittest.TestCase):
    make_gateway = staticmethod(running.nginx)

    def setUp(self):
        self.store, self.store_port = servers.start_store()
        self.gateway = running.nginx(self.store_port)

    def tearDown(self):
        self.gateway.stop()
        self.store.shutdown()

    def rewrite(self, old, new):
        self.assertIn(old, self.gateway.configuration)
        (self.gateway.folder / "nginx.conf").write_text(self.gateway.configuration.replace(old, new))

    def test_the_message_names_the_line_of_the_configuration(self):
        refused(self.gateway.folder / "policies" / "bob.json")
        _, said = self.gateway.check()
        self.assertRegex(said, r"iamlet: \S+bob\.json:3:28: BAD_EFFECT .* in \S+nginx\.conf:\d+")

    def test_mistakes_in_directives_stop_nginx(self):
        mistakes = {
            "iamlet_policy identity policies/alice.json level=x;": "the level is not a number",
            "iamlet_policy trust policies/alice.json;": "is no kind of policy that a gateway applies",
            "iamlet_policy identity policies/alice.json for=me;": "come level= and principal=",
            "iamlet_absent everything;": "the layers are organization",
            "iamlet_absent rcp boundary session endpoint identity;":
                "these layers have no policy: declare absent those that shall have none: scp, resource",
            "iamlet_absent rcp session;": "has policies or iamlet_absent of its own has none of those above",
            "iamlet_policy scp_full policies/organization.json level=1; iamlet_absent rcp resource identity boundary session "
            "endpoint;": 'a service control policy of level 1 and none of level 0',
            "iamlet_policy scp_full policies/organization.json level=16;": "there are 16 for this kind of policy",
            "iamlet_policy identity policies/alice.json level=1;": "there are 1 for this kind of policy",
            "iamlet_policy identity policies/alice.json principal=arn:aws:iam::111122223333:user/*;": "not the ARN of a user",
            "iamlet_context aws:principalTag/team $http_x_team;": 'add "verified"',
            "iamlet_s3 path_style path=raw path=strict;": "one path=",
            "iamlet_principal arn:aws:iam::111122223333:user/$http_x_user;": 'add "verified"',
            "iamlet_principal $remote_user trusted;": 'comes "verified", or nothing',
            "iamlet_role $http_x_role;": 'add "verified"',
            "iamlet_principal alice;": "takes the ARN of a user",
            "iamlet_account 1234;": "the 12 digits",
            "iamlet_context aws:SourceIp $http_x_forwarded_for;": "gives this context key itself",
            "iamlet_s3 path_style; iamlet_context s3:Prefix a;": "iamlet_s3 gives a context key",
            "iamlet_context a:b c; iamlet_context A:B d;": "a context key is given twice",
            "iamlet_policy identity policies/alice.json principal=alice;": "not the ARN of a user or a role",
            "iamlet_s3 domain=s3.example.com:80;": "without a port",
            "iamlet_s3 domain=.example.com;": "without a dot",
            "iamlet_s3 domain=example.com domain=s3.example.com;": "a domain is below another one",
            "iamlet_s3 path_style domain=s3.example.com;": "either path_style",
            "iamlet_s3 path=raw;": "either path_style",
            "iamlet_s3 path_style path=other;": "iamlet_s3 takes path_style",
            "iamlet_s3 path_style host=s3.example.com:80;": "without a port",
            "iamlet_s3 path_style host=*.example.com;": "without a wildcard",
            "iamlet_s3 domain=s3.example.com host=store;": "host= is for path_style",
            "iamlet_s3 path_style bucket=team;": "only the name of another interface",
            "iamlet_s3 path_style host=a host=b host=c host=d host=e host=f host=g host=h host=i;": "more than 8 hosts",
            "iamlet_action s3:GetObject;": "either iamlet_s3, or both",
            "satisfy any;": "would overrule a denial",
        }
        for directive, message in mistakes.items():
            with self.subTest(directive):
                self.rewrite("location = /unguarded {", f"location = /other {{ {directive} }} location = /unguarded {{")
                accepted, said = self.gateway.check()
                self.assertFalse(accepted, said)
                self.assertIn(message, said)

    def test_resource_control_policies_may_leave_out_levels(self):
        policy = {"Version": "2012-10-17", "Statement": {"Sid": "NotPlans", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
                                                         "Resource": "arn:aws:s3:::*/plan"}}
        (self.gateway.folder / "policies" / "rcp.json").write_text(json.dumps(policy))
        example = self.gateway.folder / "example.conf"
        example.write_text(example.read_text().replace("iamlet_absent    rcp ", "iamlet_policy rcp policies/rcp.json level=2;\n"
                                                       "iamlet_absent    "))
        self.gateway.start()
        self.assertEqual((ask(self.gateway), ask(self.gateway, "/team/alice/x")), (403, 200))
        self.assertIn('a statement denies; resource control policy; level 2; "NotPlans"', self.gateway.log())

    def test_policies_that_nothing_is_decided_by_are_warned_of(self):
        warning = '"iamlet on" is nowhere'
        self.assertNotIn(warning, self.gateway.check()[1])
        self.rewrite("location = /unguarded { iamlet off;", "location = /unguarded { iamlet off; iamlet_policy identity "
                     "policies/alice.json; iamlet_absent organization resource boundary session endpoint;")
        accepted, said = self.gateway.check()
        self.assertTrue(accepted, said)
        self.assertRegex(said, r"nothing is decided by \S+/alice\.json and the policies beside it")
        example = self.gateway.folder / "example.conf"
        text = example.read_text()
        self.assertRegex(text, r"(?m)^iamlet +on;$")
        example.write_text(re.sub(r"(?m)^iamlet +on;$", "", text))
        accepted, said = self.gateway.check()
        self.assertTrue(accepted, said)
        self.assertIn(warning, said)

    def test_variables_tell_action_resource_account_and_context(self):
        self.gateway.start()

        def of(target):
            return servers.raw_request(self.gateway.ports["variables"], "GET", target, [("Host", "h")])[0]
        self.assertEqual(of("/?action=GetObject&object=team/public/x"), 200)
        self.assertEqual(of("/?action=GetObject&object=team/alice/x"), 403)
        self.assertEqual(of("/?action=DeleteObject&object=team/public/x"), 403)
        self.assertEqual(of("/?action=Get*&object=team/public/x"), 400)
        self.assertEqual(of("/?object=team/public/x"), 400)
        self.assertEqual(of("/account?action=GetObject&object=team/public/x&account=111122223333"), 200)
        self.assertEqual(of("/account?action=GetObject&object=team/public/x&account=1"), 400)
        self.assertEqual(of("/unguarded"), 200)

    def test_a_value_of_the_context_with_white_space_around_it_is_refused(self):
        self.rewrite("aws:RequestedRegion $arg_region", "aws:RequestedRegion $http_x_region")
        self.gateway.start()
        for region, status in (("here", 200), ("\there", 400), ("here\t", 400), ("he\tre", 200)):
            self.assertEqual(servers.raw_request(self.gateway.ports["variables"], "GET", "/?action=GetObject&object=team/public/x", [
                ("Host", "h"), ("X-Region", region)])[0], status, region)

    def test_what_was_rewritten_is_decided_on_as_it_is_forwarded_or_refused(self):
        rules = ("location = /team/public/go { rewrite ^ /vault/x break; proxy_pass http://store; } "
                 "location = /team/public/set { set $args versionId=v1; proxy_pass http://store; } "
                 "location = /team/public/error { error_page 404 = /vault/x; return 404; } "
                 "location = /team/public/files { root .; try_files /none /vault/x; } ")
        text = self.gateway.configuration
        for name in ("raw", "normalized"):
            old = f"listen 127.0.0.1:{self.gateway.ports[name]};"
            self.assertIn(old, text)
            text = text.replace(old, old + rules.replace("store;", "store/;" if name == "normalized" else "store;"))
        (self.gateway.folder / "nginx.conf").write_text(text)
        self.gateway.start()

        def of(server, target):
            return servers.raw_request(self.gateway.ports[server], "GET", target, [
                ("Host", "h"), ("Authorization", servers.authorization("bob"))])[0]
        for rule in ("go", "set", "error", "files"):
            self.assertEqual(of("raw", f"/team/public/{rule}"), 400, rule)
            self.assertEqual(of("normalized", f"/team/public/{rule}"), 200 if rule == "set" else 403, rule)
        self.assertEqual(of("raw", "/team/public/go?acl"), 400)
        # What nginx takes from the target is decided on, and what it forwards: no more after `#`, a plus for %2B.
        self.assertEqual(of("normalized", "/team/public/x#?acl"), 200)
        self.assertEqual(of("normalized", "/team/for%2Badmin/x"), 403)
        self.assertEqual(of("normalized", "/team/public/x%3By"), 400)
        self.assertEqual(of("normalized", "/team/public/..%5Csecret/x"), 400)

    def test_an_image_is_taken_in_place_of_its_document(self):
        iamlet = os.environ.get("IAMLET")
        if not iamlet:
            self.skipTest("IAMLET does not name the program that compiles images")
        path = self.gateway.folder / "policies" / "alice.json"
        self.assertEqual(os.spawnl(os.P_WAIT, iamlet, iamlet, "compile", "--kind", "identity", str(path), "-o",
                                   str(path.with_suffix(".iam"))), 0)
        path.with_suffix(".iam").replace(path)
        self.gateway.start()
        self.assertEqual((ask(self.gateway), ask(self.gateway, "/team/bob/x")), (200, 403))
        # The image of another kind of policy is refused.
        path.replace(self.gateway.folder / "policies" / "bucket.json")
        self.assertIn("the image is of another kind", self.gateway.check()[1])

    def test_reloads_under_load_lose_no_request(self):
        self.gateway.start()
        wrong = []
        end = time.time() + 8

        def client(target, expected):
            while time.time() < end:
                try:
                    status = ask(self.gateway, target)
                except OSError as error:
                    status = error
                if status != expected:
                    wrong.append((target, status))
        clients = [threading.Thread(target=client, args=what) for what in
                   [("/team/alice/plan", 200), ("/team/bob/plan", 403), ("/team/secret/x", 403)] * 2]
        for thread in clients:
            thread.start()
        while time.time() < end:
            self.gateway.renew()
            time.sleep(0.4)
        for thread in clients:
            thread.join()
        self.assertEqual(wrong, [])


@only("Envoy")
class Envoy(BadFiles, unittest.TestCase):
    make_gateway = staticmethod(running.envoy)

    def setUp(self):
        self.store, self.store_port = servers.start_store()

    def tearDown(self):
        self.store.shutdown()

    def test_mistakes_in_the_configuration_are_refused(self):
        policies = [{"kind": "identity", "file": "policies/alice.json"}]
        mistakes = [
            ({"polices": []}, "polices: there is no such setting"),
            ({"policies": policies}, "these layers have no policy: declare absent those that shall have none: scp, resource"),
            ({"account": 5}, "account: it is not a string: put it in quotes"),
            ({"s3": None}, "s3: it is not an object"),
            ({"context": [{"key": "a:b", "header": "x-team", "prefix": "team-"}]}, "prefix: there is no such setting"),
            ({"context": [{"key": "AWS:PrincipalTag/team", "header": "x-team"}]}, "add verified: true"),
            ({"policies": [{"kind": "trust", "file": "policies/alice.json"}]}, "is no kind of policy"),
            ({"policies": [{**policies[0], "level": 0.5}]}, "level: it is not a whole number"),
            ({"policies": {}}, "policies: it is not a list"),
            ({"absent": ["everything"]}, "absent: the layers are organization"),
            ({"account": "1234"}, "account: it has the 12 digits"),
            ({"principal": {"header": "x-user"}}, "add verified: true"),
            ({"principal": {"header": "X-User", "verified": True}}, "in lower case"),
            ({"principal": {"value": "alice"}}, "principal: it is the ARN of a user"),
            ({"principal": {}}, "it has one of header, metadata and value"),
            ({"s3": {}}, "s3: it has either path_style"),
            ({"s3": {"path_style": True, "path": "normalized"}}, "path: it is strict or raw"),
            ({"s3": {"path_style": True, "bodies": "seen"}}, "bodies: it is unseen"),
            ({"s3": {"path_style": True, "plus": "x"}}, "plus: it is refused, literal or space"),
            ({"context": [{"key": "aws:SourceIp", "header": "x-forwarded-for"}]}, "gives this context key itself"),
            ({"shadow": "yes"}, "shadow: it is neither true nor false"),
            ({"context": [{"key": "s3:prefix", "value": "x"}]}, "gives this context key itself"),
            ({"context": [{"key": "a:b", "value": "c"}, {"key": "A:B", "value": "d"}]}, "a key is given twice"),
            ({"policies": [{**policies[0], "principal": ""}]}, "principal: it is empty"),
            ({"policies": [{**policies[0], "principal": "alice"}]}, "not the ARN of a user or a role"),
            ({"principal": {"header": "", "prefix": "x", "verified": True}}, "principal: it is empty"),
            ({"principal": {"metadata": {"namespace": "space", "key": ""}, "prefix": "x"}}, "principal: it is empty"),
            ({"s3": {"path_style": True, "domains": "s3.example.com"}}, "domains: it is not a list"),
            ({"s3": {"domains": [""]}}, "domains: a domain or a host is a name"),
            ({"s3": {"path_style": True, "hosts": "s3.example.com"}}, "hosts: it is not a list"),
            ({"s3": {"path_style": True, "hosts": ["s3.example.com:80"]}}, "hosts: a domain or a host is a name, without a port"),
            ({"s3": {"domains": ["s3.example.com"], "hosts": ["h"]}}, "hosts: they are for path_style"),
            ({"s3": {"path_style": True, "buckets": ["team"]}}, "buckets: only the name of another interface"),
            ({"s3": {"domains": ["s3.example.com", "example.com"]}}, "domains: a domain is below another one"),
        ]
        for changes, message in mistakes:
            with self.subTest(changes):
                gateway = running.envoy(self.store_port, change=lambda settings: settings.update(changes))
                try:
                    accepted, said = gateway.check()
                finally:
                    gateway.stop()
                self.assertFalse(accepted, said)
                self.assertIn(message, said)

    def test_a_forwarded_address_is_taken_where_it_is_said(self):
        gateway = running.envoy(self.store_port, change=lambda settings: settings.update(forwarded_address=True)).start()
        try:
            for address, status in (("127.0.0.9", 200), ("8.8.8.8", 403)):
                self.assertEqual(servers.raw_request(gateway.ports["strict"], "GET", "/team/public/x", [
                    ("Host", "s3.example.com"), ("Authorization", servers.authorization("bob")),
                    ("x-forwarded-for", address)])[0], status)
        finally:
            gateway.stop()

    def test_a_principal_with_white_space_around_it_is_refused(self):
        gateway = running.envoy(self.store_port).start()
        try:
            for after, status in (("", 200), (" ", 400), ("\t", 400)):
                self.assertEqual(servers.http2_request(gateway.ports["header"], "GET", "/team/alice/x", [
                    ("Host", "h"), ("x-principal", "arn:aws:iam::111122223333:user/alice" + after)]), status)
        finally:
            gateway.stop()

    def test_shadow_mode_decides_counts_and_logs_and_denies_nothing(self):
        gateway = running.envoy(self.store_port).start()
        try:
            def of(server, target):
                return servers.raw_request(gateway.ports[server], "GET", target, [
                    ("Host", "s3.example.com"), ("Authorization", servers.authorization("alice"))])[0]
            self.assertEqual((gateway.counter("iamlet.allowed"), gateway.counter("iamlet.denied")), (0, 0))
            self.assertEqual((of("strict", "/team/alice/x"), of("strict", "/team/bob/x")), (200, 403))
            self.assertEqual((gateway.counter("iamlet.allowed"), gateway.counter("iamlet.denied")), (1, 1))
            self.assertEqual((of("shadow", "/team/alice/x"), of("shadow", "/team/bob/x")), (200, 200))
            self.assertEqual(of("shadow", "/team//x"), 200)
            self.assertEqual((gateway.counter("iamlet.allowed"), gateway.counter("iamlet.denied")), (2, 3))
            self.assertIn("iamlet: shadow: nothing is denied", gateway.log())
            self.assertIn("iamlet: shadow: 403: no identity-based policy allows: s3:GetObject on arn:aws:s3:::team/bob/x, for "
                          'arn:aws:iam::111122223333:user/alice, request: "GET /team/bob/x"', gateway.log())
            self.assertIn("iamlet: shadow: 400: servers may resolve the path in two ways, for "
                          'arn:aws:iam::111122223333:user/alice, request: "GET /team//x"', gateway.log())
        finally:
            gateway.stop()


if __name__ == "__main__":
    unittest.main()
