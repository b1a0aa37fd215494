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
        for case in cases.BY_POLICY + cases.TRICKS:
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
