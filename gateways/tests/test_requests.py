"""Requests through the real gateways: written byte by byte, by boto3, and by curl."""

import subprocess
import unittest

import boto3
import botocore
from botocore.config import Config
from botocore.exceptions import ClientError

import cases
import servers
import upstream
from running import for_each_gateway


def headers_of(case):
    user = case["user"]
    return ([("Host", case["host"])] + ([("Authorization", servers.authorization(user))] if user else []) +
            case["headers"])


@for_each_gateway
class Requests:
    def test_each_request_has_its_status_and_only_allowed_ones_reach_the_store(self):
        for case in cases.BY_POLICY + cases.TRICKS + cases.ONE_MEANING:
            with self.subTest(case):
                before = len(upstream.Handler.seen)
                status, headers, _ = servers.raw_request(self.gateway.ports[case["server"]], case["method"],
                                                         case["target"], headers_of(case), case["body"])
                self.assertEqual(status, case["status"], headers.get("x-iamlet-reason"))
                self.assertEqual(len(upstream.Handler.seen) - before, 1 if status < 300 else 0)
                if status < 300 and case["server"] != "normalized":
                    self.assertEqual(upstream.Handler.seen[-1][:2], (case["method"], case["target"]))

    def test_a_normalized_path_is_forwarded_as_it_was_decided_on(self):
        servers.raw_request(self.gateway.ports["normalized"], "GET", "/team/public//x",
                            [("Host", "h"), ("Authorization", servers.authorization("bob"))])
        self.assertEqual(upstream.Handler.seen[-1][1], "/team/public/x")

    def test_a_denial_says_why_unless_the_configuration_forbids_it(self):
        def ask(server):
            return servers.raw_request(self.gateway.ports[server], "GET", "/vault/x", [
                ("Host", "s3.example.com"), ("Authorization", servers.authorization("bob"))])
        status, headers, _ = ask("strict")
        self.assertEqual((status, headers["x-iamlet-reason"]),
                         (403, 'a statement denies; resource-based policy; "SecretIsForAdmin"'))
        status, headers, _ = ask("raw")
        self.assertEqual((status, headers["x-iamlet-reason"]), (403, None))
        self.assertIn("s3:GetObject on arn:aws:s3:::vault/x, for arn:aws:iam::111122223333:user/bob, by ", self.gateway.log())

    def test_a_log_has_one_line_for_a_denial_whatever_the_key_is(self):
        servers.raw_request(self.gateway.ports["strict"], "GET", "/team/secret/a%0A2026-11-22 b%1B".replace(" ", "%20"), [
            ("Host", "s3.example.com"), ("Authorization", servers.authorization("bob"))])
        self.assertIn("arn:aws:s3:::team/secret/a?2026-11-22 b?, for arn", self.gateway.log())

    def test_absolute_targets_and_raw_bytes(self):
        def ask(target, host="s3.example.com", user="bob"):
            return servers.raw_request(self.gateway.ports["strict"], "GET", target, [
                ("Host", host), ("Authorization", servers.authorization(user))])[0]
        self.assertEqual(ask("http://s3.example.com/team/secret/x"), 403)
        self.assertEqual(ask("http://vault.s3.example.com/x"), 403 if self.gateway.name == "envoy" else 400)
        self.assertIn(ask("http://s3.example.com/x", host="vault.s3.example.com"), (400, 403))
        self.assertIn(ask("/team/public/x#/../secret"), (400, 403))
        self.assertIn(ask("/team/public/\\..\\secret"), (400, 403))
        self.assertIn(ask("/team/public/\u20ac"), (200, 400))

    def test_hosts_that_the_gateway_and_the_store_may_take_from_two_places(self):
        alice = ("x-principal", "arn:aws:iam::111122223333:user/alice")

        def ask(target, *headers, server="header", version=b"1.1"):
            before = len(upstream.Handler.seen)
            lines = [b"GET " + target.encode() + b" HTTP/" + version] + [f"{name}: {value}".encode() for name, value in headers]
            status = servers.raw_bytes(self.gateway.ports[server], b"\r\n".join(lines) + b"\r\n\r\n")[0]
            self.assertEqual(len(upstream.Handler.seen) - before, 1 if status < 300 else 0)
            return status
        path = "/team/alice/plan"
        self.assertEqual(ask("http://127.0.0.1" + path, ("Host", "127.0.0.1"), alice), 200)
        self.assertEqual(ask("http://127.0.0.1:81" + path, ("Host", "127.0.0.1:81"), alice), 200)
        self.assertEqual(ask("http://open.localhost" + path, ("Host", "127.0.0.1:18000"), alice), 400)
        self.assertEqual(ask("http://s3.example.com.:80" + path, ("Host", "h"), alice), 400)
        if self.gateway.name == "nginx":
            # Envoy forwards the target's host in place of the other, before a filter sees any.
            for target, host in (("127.0.0.1", "open.localhost"), ("127.0.0.1", "h"), ("h", "127.0.0.1"), ("127.0.0.1:81", "127.0.0.1:82"),
                                 ("127.0.0.1", "127.0.0.1@h"), ("127.0.0.1", "127.0.0.1.h")):
                self.assertEqual(ask(f"http://{target}{path}", ("Host", host), alice), 400, (target, host))
        # Without a Host header the store reads the path alone, unless Envoy sends it the target's host.
        bob = ("Authorization", servers.authorization("bob"))
        for target in ("http://open-data.s3.example.com/x", "http://s3.example.com/team/public/x", "/team/public/x"):
            for version in (b"1.0", b"1.1"):
                if ask(target, bob, server="strict", version=version) < 400:
                    self.assertEqual((self.gateway.name, upstream.Handler.seen[-1][2]), ("envoy", target.split("/")[2]))
                if ask(target, alice, version=version) < 400:
                    self.assertEqual((self.gateway.name, upstream.Handler.seen[-1][2]), ("envoy", target.split("/")[2]))

    def test_one_meaning_over_http2(self):
        def ask(method, target, *headers, host="s3.example.com", user="admin"):
            before = len(upstream.Handler.seen)
            status = servers.http2_request(self.gateway.ports["http2"], method, target, [
                ("Host", host), ("Authorization", servers.authorization(user)), *headers])
            self.assertEqual(len(upstream.Handler.seen) - before, 1 if status < 300 else 0)
            return status
        self.assertEqual(ask("GET", "/team/x"), 200)
        self.assertEqual(ask("GET", "/team/x", host="open.localhost"), 400)
        self.assertEqual(ask("GET", "/team/x", host="s3.example.com:"), 400)
        self.assertEqual(ask("GET", "/team/x", host="127.0.0.1"), 400)
        if ask("GET", "/team/x", ("host", "vault.s3.example.com")) < 400:
            self.assertEqual((self.gateway.name, upstream.Handler.seen[-1][2]), ("envoy", "s3.example.com"))
        self.assertEqual(ask("GET", "/minio/health/live", host="team.s3.example.com"), 400)
        self.assertEqual(ask("POST", "/team/x?uploads"), 200)
        for name in ("content-type", "content_type"):
            # nginx drops a name with an underscore.
            self.assertIn(ask("POST", "/team/x?uploads", (name, "\tMultipart/form-data; boundary=x")),
                          (400, 200) if name == "content_type" and self.gateway.name == "nginx" else (400,))
        self.assertEqual(ask("POST", "/team/x?uploads", ("content-type", "text/plain"), ("content-type", "multipart/form-data")), 400)
        self.assertEqual(ask("POST", "/team/x?select"), 400)
        for value in (cases.HEADER_V4, servers.authorization("admin")):
            self.assertIn(ask("GET", "/team/x", ("authorization", value)), (400, 401))
        self.assertEqual(ask("GET", "/team/x?" + cases.V4), 400)

    def test_signed_requests_of_clients(self):
        """What boto3 and curl sign is one credential, in each of their ways."""
        alice = ("x-principal", "arn:aws:iam::111122223333:user/alice")
        endpoint = f"http://127.0.0.1:{self.gateway.ports['header']}"
        where = {"Bucket": "team", "Key": "alice/plan"}

        def client(version, token=None):
            s3 = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="AKALICE",
                              aws_secret_access_key="secret", aws_session_token=token, config=Config(
                                  signature_version=version, s3={"addressing_style": "path"}, retries={"max_attempts": 0}))
            s3.meta.events.register("before-send.s3", lambda request, **_: request.headers.__setitem__(*alice))
            return s3
        for version in ("s3v4", "s3"):
            for token in (None, "a/b+c="):
                with self.subTest(version=version, token=token):
                    s3 = client(version, token)
                    s3.put_object(Body=b"plan", **where)
                    s3.get_object(**where)
                    s3.list_objects_v2(Bucket="team", Prefix="alice/")
                    s3.upload_part(PartNumber=1, Body=b"part", UploadId="u1", **where)
                    s3.create_multipart_upload(ContentType="text/plain", **where)
                    with self.assertRaises(ClientError) as error:
                        s3.get_object(Bucket="vault", Key="x")
                    self.assertEqual(error.exception.response["ResponseMetadata"]["HTTPStatusCode"], 403)
                if (version, token) == ("s3", "a/b+c="):
                    # The token of such a URL is written in lower case.
                    continue
                for operation, method in (("get_object", "GET"), ("put_object", "PUT"), ("delete_object", "DELETE")):
                    target = s3.generate_presigned_url(operation, Params=where)[len(endpoint):]
                    status = servers.raw_request(self.gateway.ports["header"], method, target, [("Host", "127.0.0.1"), alice])[0]
                    self.assertLess(status, 300, target)
                    status = servers.raw_request(self.gateway.ports["header"], method, target + "&" + target.split("?")[1].split("&")[0],
                                                 [("Host", "127.0.0.1"), alice])[0]
                    self.assertEqual(status, 400)
        run = subprocess.run(["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--aws-sigv4", "aws:amz:us-east-1:s3", "--user",
                              "AKALICE:secret", "-H", ": ".join(alice), f"{endpoint}/team/alice/plan"], capture_output=True, text=True,
                             timeout=30)
        self.assertEqual(run.stdout, "200")

    def test_values_that_a_store_reads_as_others_are_refused(self):
        def put(header, value, ask):
            headers = [("Host", "s3.example.com"), ("Authorization", servers.authorization("admin")), (header, value)]
            before = len(upstream.Handler.seen)
            status = ask("PUT", "/team/x", headers)
            self.assertEqual(len(upstream.Handler.seen) - before, 1 if status < 300 else 0)
            return status

        def http1(method, target, headers):
            return servers.raw_request(self.gateway.ports["strict"], method, target, headers)[0]

        def http2(method, target, headers):
            return servers.http2_request(self.gateway.ports["http2"], method, target, headers)
        for ask in (http1, http2):
            self.assertEqual(put("x-amz-acl", "private", ask), 200)
            self.assertEqual(put("x-amz-acl", "public-read", ask), 403)
            for value in ("\tpublic-read", " public-read", "public-read\t", "public-read ", "\t \tpublic-read"):
                # The gateway may have stripped it before.
                self.assertIn(put("x-amz-acl", value, ask), (400, 403), (ask, value))
            for header, value in (("x-amz-acl", "Public-Read"), ("x-amz-object-lock-mode", "compliance"),
                                  ("x-amz-object-lock-legal-hold", "on"), ("x-amz-acl", ""),
                                  ("x-amz-server-side-encryption", "aws:KMS")):
                self.assertEqual(put(header, value, ask), 400, (header, value))
            self.assertEqual(put("x-amz-object-lock-legal-hold", "ON", ask), 200)
            self.assertEqual(put("x-amz-storage-class", "OUR_OWN", ask), 200)
        for value in ("\tCOLD", "COLD "):
            self.assertEqual(put("x-amz-storage-class", value, http2), 400)

    def test_an_s3_client(self):
        def client(user):
            s3 = boto3.client(
                "s3", endpoint_url=f"http://127.0.0.1:{self.gateway.ports['raw']}", region_name="us-east-1",
                config=Config(signature_version=botocore.UNSIGNED, s3={"addressing_style": "path"},
                              retries={"max_attempts": 0}))
            s3.meta.events.register("before-send.s3", lambda request, **_: request.headers.__setitem__(
                "Authorization", servers.authorization(user)))
            return s3

        alice, bob, admin = client("alice"), client("bob"), client("admin")
        of_alice = {"Bucket": "team", "Key": "alice/a plan+\u20ac//x"}
        part = {"UploadId": "u1", **of_alice}
        allowed = [
            lambda: alice.put_object(Body=b"plan", **of_alice),
            lambda: alice.put_object(Body=b"plan", Tagging="plan=a&year=1", **of_alice),
            lambda: alice.get_object(**of_alice),
            lambda: alice.head_object(**of_alice),
            lambda: alice.get_object_tagging(**of_alice),
            lambda: alice.put_object_tagging(Tagging={"TagSet": [{"Key": "plan", "Value": "a"}]}, **of_alice),
            lambda: alice.list_objects_v2(Bucket="team", Prefix="alice/"),
            lambda: alice.list_objects(Bucket="team", Prefix="alice/", Delimiter="/", MaxKeys=5),
            lambda: alice.create_multipart_upload(**of_alice),
            lambda: alice.upload_part(PartNumber=1, Body=b"part", **part),
            lambda: alice.complete_multipart_upload(MultipartUpload={"Parts": [{"ETag": "e", "PartNumber": 1}]}, **part),
            lambda: alice.abort_multipart_upload(**part),
            lambda: alice.copy_object(CopySource={"Bucket": "team", "Key": "alice/a b"}, **of_alice),
            lambda: alice.delete_object(**of_alice),
            lambda: bob.list_buckets(),
            lambda: bob.head_bucket(Bucket="team"),
            lambda: bob.get_bucket_location(Bucket="team"),
            lambda: admin.get_object(Bucket="vault", Key="x"),
            lambda: admin.put_object_acl(ACL="private", **of_alice),
        ]
        denied = [
            lambda: alice.get_object(Bucket="team", Key="bob/plan"),
            lambda: alice.put_object(Body=b"plan", Tagging="plan=a&other=1", **of_alice),
            lambda: alice.list_objects_v2(Bucket="team", Prefix="bob/"),
            lambda: alice.list_objects_v2(Bucket="team"),
            lambda: alice.copy_object(CopySource={"Bucket": "vault", "Key": "x"}, **of_alice),
            lambda: alice.create_multipart_upload(Bucket="team", Key="secret/x"),
            lambda: alice.list_buckets(),
            lambda: bob.get_object(Bucket="vault", Key="x"),
            lambda: bob.put_object(Bucket="team", Key="alice/x", Body=b""),
            lambda: bob.delete_object(**of_alice),
            lambda: bob.create_multipart_upload(**of_alice),
            lambda: admin.delete_bucket(Bucket="team"),
            lambda: admin.put_object(Body=b"plan", ACL="public-read", **of_alice),
        ]
        for number, call in enumerate(allowed):
            with self.subTest(allowed=number):
                self.assertLess(call()["ResponseMetadata"]["HTTPStatusCode"], 300)
        for number, call in enumerate(denied):
            with self.subTest(denied=number):
                with self.assertRaises(ClientError) as error:
                    call()
                self.assertEqual(error.exception.response["ResponseMetadata"]["HTTPStatusCode"], 403)
        # Keys of several objects are in the body, which the gateways do not read.
        with self.assertRaises(ClientError) as error:
            admin.delete_objects(Bucket="team", Delete={"Objects": [{"Key": "secret/x"}]})
        self.assertEqual(error.exception.response["ResponseMetadata"]["HTTPStatusCode"], 400)

    def test_curl(self):
        def ask(target, *options):
            run = subprocess.run(
                ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--path-as-is", "-u", "bob:open", *options,
                 f"http://s3.example.com:{self.gateway.ports['strict']}{target}",
                 "--connect-to", f"::127.0.0.1:{self.gateway.ports['strict']}"],
                capture_output=True, text=True, timeout=30)
            return int(run.stdout)
        self.assertEqual(ask("/team/public/x"), 200)
        self.assertEqual(ask("/team/secret/x"), 403)
        self.assertEqual(ask("/team/public/../secret/x"), 400)
        self.assertEqual(ask("/team/%73ecret/x"), 403)
        self.assertEqual(ask("/team?prefix=a", "--get"), 200)
        self.assertEqual(ask("/team/alice/x", "-T", "/dev/null"), 403)
        self.assertEqual(ask("/team/alice/x", "-X", "DELETE"), 403)


del Requests

if __name__ == "__main__":
    unittest.main()
