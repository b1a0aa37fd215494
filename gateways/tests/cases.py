"""Requests and what becomes of them, the same for both gateways.

Policies: policies/organization.json (nobody deletes a bucket), bucket.json (team/public/ is public; team/secret/ and the
bucket vault are the admin's; nothing is published), alice.json (her own folder), bob.json (reads all), admin.json.
"""

ACL = ("x-amz-acl", "public-read")


def case(user, method, target, status, host="s3.example.com", headers=(), server="strict", body=b""):
    return {"user": user, "method": method, "target": target, "status": status, "host": host, "headers": list(headers),
            "server": server, "body": body}


BY_POLICY = [
    case("alice", "GET", "/team/alice/plan", 200),
    case("alice", "HEAD", "/team/alice/plan", 200),
    case("alice", "GET", "/team/bob/plan", 403),
    case("alice", "GET", "/team/public/x", 200),
    case("alice", "GET", "/team/secret/x", 403),
    case("bob", "GET", "/team/secret/x", 403),
    case("bob", "GET", "/team/alice/plan", 200),
    case("admin", "GET", "/team/secret/x", 200),
    case("carol", "GET", "/team/alice/plan", 403),
    case("alice", "PUT", "/team/alice/plan", 200, body=b"plan"),
    case("bob", "PUT", "/team/alice/plan", 403, body=b"plan"),
    case("alice", "DELETE", "/team/alice/plan", 204),
    case("alice", "DELETE", "/team/alice/plan?versionId=v1", 403),
    case("admin", "DELETE", "/team/alice/plan?versionId=v1", 204),
    case("alice", "GET", "/team/alice/plan?versionId=v1", 200),
    case("alice", "GET", "/team/alice/plan?acl", 200),
    case("bob", "GET", "/team/alice/plan?attributes", 200),
    case("alice", "PUT", "/team/alice/plan?acl", 403),
    case("admin", "PUT", "/team/alice/plan?acl", 200),
    case("admin", "DELETE", "/team", 403),
    case("admin", "PUT", "/team?policy", 403, body=b"{}"),
    case("admin", "DELETE", "/team?policy", 204),
    case("bob", "GET", "/team?policy", 200),
    case("bob", "GET", "/", 200),
    case("alice", "GET", "/", 403),
    # Lists, by their prefix.
    case("alice", "GET", "/team?prefix=alice/", 200),
    case("alice", "GET", "/team/?list-type=2&prefix=alice%2F&delimiter=%2F", 200),
    case("alice", "GET", "/team?prefix=public/x", 200),
    case("alice", "GET", "/team?prefix=bob/", 403),
    case("alice", "GET", "/team", 403),
    case("bob", "GET", "/team", 200),
    case("alice", "GET", "/team?versions&prefix=alice/", 403),
    # Uploads in parts.
    case("alice", "POST", "/team/alice/big?uploads", 200),
    case("alice", "PUT", "/team/alice/big?partNumber=1&uploadId=u1", 200, body=b"part"),
    case("alice", "GET", "/team/alice/big?uploadId=u1", 200),
    case("alice", "POST", "/team/alice/big?uploadId=u1", 200, body=b"<x/>"),
    case("alice", "DELETE", "/team/alice/big?uploadId=u1", 204),
    case("bob", "POST", "/team/alice/big?uploads", 403),
    case("bob", "PUT", "/team/alice/big?partNumber=1&uploadId=u1", 403, body=b"part"),
    # Tags.
    case("alice", "GET", "/team/alice/plan?tagging", 200),
    case("alice", "PUT", "/team/alice/plan", 200, headers=[("x-amz-tagging", "plan=a&year=1")]),
    case("alice", "PUT", "/team/alice/plan", 403, headers=[("x-amz-tagging", "plan=a&other=1")]),
    # The tags are in the body: unless the configuration says that nobody looks at them, that is refused.
    case("alice", "PUT", "/team/alice/plan?tagging", 400, body=b"<x/>"),
    case("alice", "PUT", "/team/alice/plan?tagging", 200, body=b"<x/>", server="raw"),
    case("bob", "PUT", "/team/alice/plan?tagging", 403, body=b"<x/>", server="raw"),
    case("admin", "PUT", "/new-bucket", 400),
    case("admin", "PUT", "/new-bucket", 200, server="raw"),
    # What headers ask for beside the operation.
    case("admin", "PUT", "/team/alice/plan", 403, headers=[ACL]),
    case("admin", "PUT", "/team/alice/plan", 200, headers=[("x-amz-acl", "private")]),
    case("alice", "PUT", "/team/alice/plan", 403, headers=[("x-amz-acl", "private")]),
    case("alice", "PUT", "/team/alice/plan", 403, headers=[("x-amz-object-lock-legal-hold", "ON")]),
    case("alice", "PUT", "/team/alice/copy", 200, headers=[("x-amz-copy-source", "/team/alice/plan")]),
    case("alice", "PUT", "/team/alice/copy", 403, headers=[("x-amz-copy-source", "team/secret/x")]),
    case("alice", "PUT", "/team/alice/copy", 403, headers=[("x-amz-copy-source", "/team/%73ecret/x")]),
    case("alice", "PUT", "/team/alice/copy", 400, headers=[("x-amz-copy-source", "/team/alice/../secret/x")]),
    case("alice", "PUT", "/team/alice/big?partNumber=1&uploadId=u1", 403,
         headers=[("x-amz-copy-source", "/vault/x")]),
    # A copy has its source's tags, unless it is told otherwise: they are read, and written.
    case("alice", "PUT", "/team/alice/copy", 403, headers=[("x-amz-copy-source", "/team/public/x")]),
    case("alice", "PUT", "/team/alice/copy", 200, headers=[("x-amz-copy-source", "/team/public/x"),
                                                           ("x-amz-tagging-directive", "REPLACE")]),
    case("alice", "PUT", "/team/alice/copy", 200, headers=[("x-amz-copy-source", "/team/alice/plan"),
                                                           ("x-amz-tagging-directive", "COPY")]),
    case("alice", "PUT", "/team/alice/copy", 403, headers=[
        ("x-amz-copy-source", "/team/alice/plan"), ("x-amz-tagging-directive", "REPLACE"), ("x-amz-tagging", "other=1")]),
    case("alice", "DELETE", "/team/alice/plan", 403, headers=[("x-amz-bypass-governance-retention", "true")]),
    # Buckets that the host names.
    case("bob", "GET", "/x", 200, host="open-data.s3.example.com"),
    case("bob", "GET", "/x", 403, host="vault.s3.example.com"),
    case("alice", "GET", "/alice/plan", 200, host="team.s3.example.com:8080"),
    case("alice", "GET", "/?prefix=alice/", 200, host="team.s3.example.com"),
    case("alice", "GET", "/team/alice/plan", 200, host="S3.Example.COM"),
    case("bob", "GET", "/x", 403, host="vault.S3.eXample.com"),
]

# Tricks: what is decided must be what is forwarded, or the answer is 400.
TRICKS = [
    case("bob", "GET", "/team/%73ecret/x", 403),
    case("bob", "GET", "/team/secre%74/x", 403),
    case("bob", "GET", "/team/secret%2Fx", 403),
    case("bob", "GET", "/team//secret/x", 400),
    case("bob", "GET", "//team/secret/x", 400),
    case("bob", "GET", "/team/public/../secret/x", 400),
    case("bob", "GET", "/team/public/%2e%2e/secret/x", 400),
    case("bob", "GET", "/team/public/%2E./secret/x", 400),
    case("bob", "GET", "/team/public/..%2Fsecret/x", 400),
    case("bob", "GET", "/team/./secret/x", 400),
    case("bob", "GET", "/team%2Fsecret/x", 400),
    case("bob", "GET", "/%76ault/x", 400),
    case("bob", "GET", "/VAULT/x", 400),
    case("bob", "GET", "/team/public/x%00", 400),
    case("bob", "GET", "/team/public/x%0", 400),
    case("bob", "GET", "/team/public/%zz", 400),
    case("bob", "GET", "/team/public/%c0%ae%c0%ae/x", 400),
    case("bob", "GET", "/team/public/%ff", 400),
    # Also in context keys that no policy of the caller names.
    case("bob", "GET", "/team?prefix=%ff", 400),
    case("bob", "GET", "/team/public/x?versionId=%ff", 400),
    case("bob", "GET", "/team/public/x", 400, headers=[("x-amz-storage-class", "\udcff")]),
    case("bob", "GET", "/team/public/x", 400, headers=[("User-Agent", "\udcff")]),
    case("bob", "GET", "/team/public/a+b", 400),
    case("bob", "GET", "/team/public/a%2Bb", 200),
    case("bob", "GET", "/team/public/a%20b", 200),
    case("bob", "GET", "/team/public/%E2%82%AC", 200),
    case("bob", "GET", "/team/public/x;y", 400),
    case("bob", "GET", "/team/public/%252e%252e/x", 200),
    case("bob", "GET", "/team/" + "k" * 1024, 200),
    case("bob", "GET", "/team/" + "k" * 1025, 400),
    # Stores that do not have these parameters do what the request is without them.
    case("admin", "DELETE", "/team?metrics&id=a", 403),
    case("admin", "DELETE", "/team?website", 403),
    case("admin", "DELETE", "/team?cors", 204),
    case("admin", "GET", "/team?inventory&id=a", 200),
    # What stores take for headers of S3, or for their own.
    case("admin", "PUT", "/team/x", 400, headers=[("X-Goog-Acl", "public-read")]),
    case("admin", "PUT", "/team/x", 400, headers=[("X-Rgw-Bucket-Object-Lock-Enabled", "true")]),
    case("admin", "PUT", "/team/x", 400, headers=[("Seaweed-X-Amz-Acl", "[]")]),
    case("admin", "PUT", "/team/x", 400, headers=[("s3-account-id", "a")]),
    # Ids and numbers that some stores strip or take for none, and prefixes that some resolve.
    case("admin", "GET", "/team/x?versionId=%20v1", 400),
    case("admin", "GET", "/team/x?versionId=v1%C2%A0", 400),
    case("admin", "DELETE", "/team/x?versionId=%20", 400),
    case("admin", "GET", "/team/x?uploadId=..", 400),
    case("admin", "GET", "/team/x?uploadId=a.b_c-d~e%3D", 200),
    case("admin", "PUT", "/team/x?partNumber=a&uploadId=u1", 400),
    case("bob", "GET", "/team?max-keys=-1", 400),
    case("bob", "GET", "/team?max-keys=5", 200),
    case("bob", "GET", "/team?prefix=/public/", 400),
    case("alice", "GET", "/team?prefix=alice/../bob/", 400),
    case("admin", "GET", "/team?prefix=/public/", 200, server="raw"),
    case("admin", "PUT", "/team/copy", 400, headers=[("x-amz-copy-source", "/team/x?versionId=%20v1")]),
    case("admin", "PUT", "/team/copy", 400, headers=[("x-amz-copy-source", "/team/x%3FversionId=null")]),
    case("admin", "PUT", "/team/copy", 400, headers=[("x-amz-copy-source", "team%2Fx")]),
    case("admin", "PUT", "/team/copy", 400, headers=[("x-amz-copy-source", "/team/for+admin/x")]),
    case("admin", "PUT", "/team/copy", 400, headers=[("x-amz-copy-source", "/team/for+admin/x")], server="raw"),
    case("admin", "PUT", "/team/copy", 200, headers=[("x-amz-copy-source", "/team/x%3Fy?versionId=v1")], server="raw"),
    case("bob", "GET", "/x", 400, host="VAULT.s3.example.com"),
    case("bob", "GET", "/x", 400, host="example.com"),
    case("bob", "GET", "/x", 400, host="s3.example.com.evil.org"),
    case("bob", "GET", "/x", 400, host=".s3.example.com"),
    case("bob", "GET", "/x", 400, host="a.b..s3.example.com"),
    case("bob", "GET", "/team/public/x", 400, host="s3.example.com:x@vault.s3.example.com"),
    case("bob", "GET", "/team/public/x", 400, host="s3.example.com:80:80"),
    case("bob", "GET", "/team/public/..%5Csecret/x", 400),
    # Names that stand for another bucket.
    case("bob", "GET", "/team-hrzrlukc5m36ft7okagglf3gm-s3alias/x", 400),
    case("bob", "GET", "/x", 400, host="team--ol-s3.s3.example.com"),
    case("alice", "GET", "/team?prefix=alice/&prefix=bob/", 400),
    case("alice", "GET", "/team?prefix=alice/&pre%66ix=bob/", 400),
    case("alice", "GET", "/team?prefix=alice/&PREFIX=bob/", 400),
    case("alice", "GET", "/team/alice/plan?%61cl", 400),
    case("alice", "GET", "/team?pre%66ix=alice/", 400),
    # Most servers take a plus for a space in a query, and not in a path.
    case("bob", "GET", "/team?prefix=a+b", 400, server="raw"),
    case("bob", "GET", "/team?prefix=a%2Bb", 200, server="raw"),
    case("bob", "GET", "/team?prefix=a+b", 200, server="normalized"),
    case("alice", "GET", "/team?prefix=alice/;prefix=bob/", 400),
    case("alice", "GET", "/team?prefix=alice+", 400),
    case("alice", "GET", "/team/alice/plan?acl&tagging", 400),
    case("alice", "GET", "/team/alice/plan?acl=&acl=", 400),
    case("alice", "GET", "/team/alice/plan?x-id=a;acl", 400),
    case("alice", "GET", "/team/alice/plan?x-id=GetObject", 200),
    case("alice", "GET", "/team/alice/plan?versionId=", 400),
    case("alice", "GET", "/team/alice/plan?unheard-of", 400),
    case("alice", "PUT", "/team/alice/plan?partNumber=1", 400),
    case("alice", "POST", "/team?delete", 400, body=b"<Delete/>"),
    case("alice", "POST", "/team", 400, body=b"form"),
    case("alice", "PATCH", "/team/alice/plan", 400),
    case("alice", "PUT", "/team/alice/plan", 400, headers=[("x-amz-unheard-of", "1")]),
    case("alice", "PUT", "/team/alice/plan", 400, headers=[("x-amz-tagging", "plan=a"), ("X-Amz-Tagging", "plan=b")]),
    case("alice", "PUT", "/team/alice/plan", 400, headers=[("x-amz-tagging", "plan=a&plan=b")]),
    case("alice", "PUT", "/team/alice/plan", 400, headers=[("x-amz-tagging", "plan=a&PLAN=b")]),
    case("alice", "PUT", "/team/alice/copy", 400, headers=[
        ("x-amz-copy-source", "/team/alice/plan"), ("x-amz-tagging", "plan=a")]),
    case("alice", "PUT", "/team/alice/copy", 400, headers=[
        ("x-amz-copy-source", "/team/alice/plan"), ("x-amz-tagging-directive", "replace")]),
    case("alice", "PUT", "/team/alice/copy", 400, headers=[("x-amz-copy-source", "/team/alice/..%5Csecret/x")]),
    case("alice", "PUT", "/team/alice/copy", 400, headers=[
        ("x-amz-copy-source", "arn:aws:s3:eu-west-1:111122223333:accesspoint/a/object/x")]),
    case("alice", "GET", "/team/alice/plan", 400, headers=[ACL]),
    # Headers by which some stores do something else.
    case("alice", "GET", "/team/alice/plan", 400, headers=[("X-HTTP-Method-Override", "PUT")]),
    case("alice", "GET", "/team/alice/plan", 400, headers=[("X-Original-URL", "/vault/x")]),
    case("alice", "DELETE", "/team/alice/plan", 400, headers=[("x-minio-force-delete", "true")]),
    case("alice", "PUT", "/team/alice/plan", 400, headers=[("x-amz-meta-snowball-auto-extract", "true")]),
    case("alice", "PUT", "/team/alice/plan", 200, headers=[("x-amz-meta-snowball", "true")]),
    # An upstream that takes paths as they are: `//` and `..` belong to the key.
    case("bob", "GET", "/team//secret/x", 200, server="raw"),
    case("bob", "GET", "/team/public/../secret/x", 200, server="raw"),
    case("bob", "GET", "/team/secret/../x", 403, server="raw"),
    case("bob", "GET", "/team/secret//x", 403, server="raw"),
    case("bob", "GET", "/team/%73ecret/x", 403, server="raw"),
    case("bob", "GET", "//vault/x", 400, server="raw"),
    case("bob", "GET", "/team/a+b", 200, server="raw"),
    # A gateway that forwards paths as it has resolved them.
    case("bob", "GET", "/team//secret/x", 403, server="normalized"),
    case("bob", "GET", "/team/public/../secret/x", 403, server="normalized"),
    case("bob", "GET", "/team/public/%2e%2e/secret/x", 403, server="normalized"),
    case("bob", "GET", "/team/public/../../vault/x", 403, server="normalized"),
    case("bob", "GET", "/team/public//x", 200, server="normalized"),
    # There a plus is a space, and the gateway forwards it as it came.
    case("bob", "GET", "/team/for+admin/x", 403, server="normalized"),
    case("bob", "GET", "/team/public/x;y", 400, server="normalized"),
    # Who asks: a client's own header is nothing, unless the configuration says that it was verified.
    case("alice", "GET", "/team/secret/x", 403, headers=[("x-user", "admin")]),
    case("alice", "GET", "/team/secret/x", 403, headers=[("x-principal", "arn:aws:iam::111122223333:user/admin")]),
    case(None, "GET", "/team/alice/plan", 401),
    case(None, "GET", "/team/secret/x", 200, server="header",
         headers=[("x-principal", "arn:aws:iam::111122223333:user/admin")]),
    case(None, "GET", "/team/secret/x", 403, server="header",
         headers=[("x-principal", "arn:aws:iam::111122223333:user/bob")]),
    case(None, "GET", "/team/public/x", 200, server="header"),
    case(None, "GET", "/team/bob/x", 403, server="header"),
    case(None, "GET", "/team/public/x", 403, server="header", headers=[("x-principal", "bob")]),
    case(None, "GET", "/team/public/x", 403, server="header",
         headers=[("x-principal", "arn:aws:iam::111122223333:role/reader")]),
    # A role belongs to a session: its policies are nobody else's.
    case(None, "GET", "/team/bob/x", 403, server="header",
         headers=[("x-principal", "arn:aws:iam::111122223333:user/carol"),
                  ("x-role", "arn:aws:iam::111122223333:user/admin")]),
    case(None, "GET", "/team/bob/x", 403, server="header", headers=[("x-role", "arn:aws:iam::111122223333:user/admin")]),
    # An address that the client names is not where it is: bob's policy denies what comes from afar.
    case("bob", "GET", "/team/public/x", 200, headers=[("x-forwarded-for", "8.8.8.8")]),
    case(None, "GET", "/team/bob/x", 403, server="header",
         headers=[("x-principal", "arn:aws:sts::111122223333:assumed-role/reader/s"),
                  ("x-role", "arn:aws:iam::111122223333:role/reader")]),
]


# One meaning, by rule: what S3 or some store would read as another operation, host, interface or credential is refused.
V4 = ("X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKALICE%2F20261126%2Fus-east-1%2Fs3%2Faws4_request"
      "&X-Amz-Date=20261126T120000Z&X-Amz-Expires=300&X-Amz-SignedHeaders=host&X-Amz-Signature=" + "0a" * 32)
V2 = "AWSAccessKeyId=AKALICE&Expires=1800000000&Signature=abc%2Bdef%3D"
PARTS = ("Credential=AKALICE/20261126/us-east-1/s3/aws4_request", "SignedHeaders=host;x-amz-date", "Signature=" + "0a" * 32)
HEADER_V4 = "AWS4-HMAC-SHA256 " + ", ".join(PARTS)
FORM = b'--x\r\nContent-Disposition: form-data; name="key"\r\n\r\nsecret/x\r\n--x--\r\n'
FORM_TYPE = ("Content-Type", "multipart/form-data; boundary=x")
QUERY = "application/x-www-form-urlencoded"


def of_alice(method, target, status, headers=(), host="127.0.0.1", server="header", body=b"", user="alice"):
    """Where nobody needs a password, so that the Authorization header is free for other credentials."""
    principal = [("x-principal", f"arn:aws:iam::111122223333:user/{user}")] if server == "header" else []
    return case(None if principal else user, method, target, status, host, [*principal, *headers], server, body)


def of_host(host, status, server="header", target="/team/alice/plan", **options):
    return of_alice("GET", target, status, host=host, server=server, **options)


FORMS = [
    of_alice("POST", f"/team/alice/x?{query}", 400, [("Content-Type", kind)], "h", server, FORM)
    for server in ("raw", "header")
    for query in ("select&select-type=2", "select", "restore", "uploads", "uploadId=u1", "x-id=PutObject")
    for kind in ("multipart/form-data; boundary=x", "Multipart/Form-Data;boundary=x", "multipart/form-data",
                 "text/plain, multipart/form-data; boundary=x", "multipart/mixed; boundary=x; a=multipart/form-dat")
] + [
    of_alice("POST", "/team/alice/x?uploads", 400, [("Content-Type", "text/plain"), FORM_TYPE], body=FORM),
    of_alice("POST", "/team/alice/x?uploads", 400, [FORM_TYPE, ("Content-Type", "text/plain")], body=FORM),
    # The form itself: its key is in the body.
    of_alice("POST", "/team", 400, [FORM_TYPE], body=FORM),
    of_alice("POST", "/team/", 400, [FORM_TYPE], body=FORM),
    of_alice("POST", "/", 400, [FORM_TYPE], "team.s3.example.com", "strict", FORM),
    of_alice("POST", "/alice/x?uploads", 400, [FORM_TYPE], "team.s3.example.com", "strict", FORM),
    # The type of an object is its own.
    of_alice("PUT", "/team/alice/x", 200, [FORM_TYPE], body=FORM),
    of_alice("PUT", "/team/alice/x?partNumber=1&uploadId=u1", 200, [FORM_TYPE], body=FORM),
    of_alice("POST", "/team/alice/x?uploads", 200, [("Content-Type", "text/plain")]),
    of_alice("POST", "/team/alice/x?uploadId=u1", 200, [("Content-Type", QUERY)], body=b"<x/>"),
    # One parameter selects, and has the one that belongs to it.
    of_alice("POST", "/team/alice/x?select&select-type=2", 200, body=b"<x/>"),
    of_alice("POST", "/team/alice/x?select=&select-type=2", 200, body=b"<x/>"),
    *(of_alice("POST", f"/team/alice/x?{query}", 400, body=b"<x/>") for query in (
        "select", "select=", "select=2", "select-type=2", "select&select-type", "select&select-type=", "select&select-type=1",
        "select&select-type=02", "select&select-type=2&select-type=2", "select&select-type=2%20", "select&Select-Type=2",
        "select&select-type=2&restore", "select&select-type=2&uploads", "select&select&select-type=2")),
    of_alice("GET", "/team/alice/x?select&select-type=2", 400),
    of_alice("PUT", "/team/alice/x?select-type=2", 400),
    *(of_alice(method, f"/team?{name}", 400, user="admin", server="raw", host="h")
      for method in ("PUT", "DELETE") for name in ("analytics", "intelligent-tiering", "inventory", "metrics")),
    of_alice("GET", "/team?metrics", 200, user="admin"),
]

INTERFACES = [
    of_alice(method, f"/{name}{rest}", 400, user="admin", host="h", server=server)
    for server, method, rest in (("header", "GET", ""), ("header", "HEAD", "/"), ("raw", "GET", "/v1/team/secret/x"),
                                 ("raw", "PUT", "/v1/x"), ("raw", "DELETE", "/v1/x"), ("raw", "PUT", ""),
                                 ("raw", "POST", "/v1/x?uploads"), ("normalized", "GET", "/v1.0"))
    for name in ("swift", "auth", "admin", "minio", "rustfs", "buckets", "health", "healthz", "status", "_iceberg", "iam", "sts")
] + [
    of_alice("GET", "/auth/v1.0", 400, [("X-Auth-User", "a:b"), ("X-Auth-Key", "c")], user="admin"),
    of_alice("GET", "/admin/user?uid=alice", 400, user="admin"),
    of_alice("GET", "/minio/admin/v3/info", 400, user="admin"),
    of_alice("GET", "/%73wift/v1/x", 400, user="admin"),
    of_alice("GET", "/%73wift/v1/x", 400, user="admin", host="h", server="normalized"),
    of_alice("GET", "/x/../swift/v1/x", 400, user="admin", host="h", server="normalized"),
    of_alice("GET", "/metrics/x", 400, user="admin", host="h", server="raw"),
    # Where the configuration says that it is a bucket.
    of_alice("GET", "/metrics/x", 200, user="admin"),
    of_alice("GET", "/swifts/x", 200, user="admin"),
    of_alice("GET", "/team/swift/x", 200, user="admin"),
    # Some look at the path before the host, and some put the host's bucket before the path.
    of_alice("GET", "/minio/health/live", 400, user="admin", host="team.s3.example.com", server="strict"),
    of_alice("GET", "/Minio/%61dmin", 400, user="admin", host="team.s3.example.com", server="strict"),
    of_alice("GET", "/%6dinio/admin", 400, user="admin", host="team.s3.example.com", server="strict"),
    of_alice("GET", "/v1/team/secret/x", 400, user="admin", host="swift.s3.example.com", server="strict"),
    of_alice("GET", "/v1/x", 400, user="admin", host="ADMIN.s3.example.com", server="strict"),
    of_alice("GET", "/x/minio/health/live", 200, user="admin", host="team.s3.example.com", server="strict"),
    of_alice("PUT", "/team/copy", 400, [("x-amz-copy-source", "/buckets/team/secret/x")], user="admin"),
    # STS, IAM and what speaks JSON, at the endpoint itself.
    *(of_alice("POST", target, 400, headers, host, server, b"Action=ListUsers&Version=2010-05-08", "admin")
      for host, server in (("127.0.0.1", "header"), ("s3.example.com", "strict"))
      for target in ("/", "/?Action=ListUsers", "/?Action=AssumeRole&Version=2011-06-15", "/team")
      for headers in ((), [("Content-Type", QUERY)], [("Content-Type", "application/x-amz-json-1.1")])),
    of_alice("GET", "/?Action=ListUsers&Version=2010-05-08", 400, user="admin"),
    of_alice("GET", "/?Action=AssumeRoleWithWebIdentity&WebIdentityToken=x", 400, user="admin"),
    of_alice("GET", "/", 400, [("X-Amz-Target", "AmazonSSM.GetParameter")], user="admin"),
    of_alice("PUT", "/team/x", 400, [("X-Amz-Target", "DynamoDB_20120810.PutItem")], user="admin"),
    *(of_alice(method, "/create-user", 400, user="admin", host="h", server="raw") for method in ("PATCH", "POST")),
    *(of_alice("GET", "/team/x", 400, [(name, "a")], user="admin")
      for name in ("X-Auth-Token", "X-Storage-Token", "X-Service-Token", "X-Auth-User", "X-Auth-Key")),
]

HOSTS = [
    *(of_host(host, 200) for host in ("127.0.0.1", "127.0.0.1:8080", "[::1]", "[::1]:80", "[2001:db8::1]", "s3.example.com",
                                      "S3.Example.Com:80", "h")),
    *(of_host(host, 400) for host in (
        "team.s3.example.com", "open.localhost", "open.localhost:80", "localhost", "example.com", "team.h", "", "127.0.0.1.",
        "s3.example.com.", "127.1", "0x7f.0.0.1", "127.0.0.1.nip.io", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:80:80",
        "127.0.0.1,127.0.0.1", "127.0.0.1@team.h", "[::1", "[::1]x", "[team]", "[::1]:", "::1", "127.0.0.256", "127.0.0.1:123456")),
    *(of_host(host, 400, "raw", "/secret/x", user="admin") for host in ("team.h", "open.localhost", "localhost")),
    *(of_host(host, 400, "normalized", "/secret/x", user="admin") for host in ("team.h", "open.localhost", "localhost")),
    of_host("127.0.0.1", 400, "strict"),
    of_host("s3.example.com:", 400, "strict"),
    # More than one.
    of_host("127.0.0.1", 400, headers=[("Host", "team.h")]),
    of_host("127.0.0.1", 400, headers=[("Host", "127.0.0.1")]),
    of_host("s3.example.com", 400, "strict", headers=[("Host", "s3.example.com")]),
    of_host("127.0.0.1", 400, target="http://team.h/team/alice/plan"),
    of_host("team.h", 400, target="http://open.localhost/team/alice/plan"),
]


def without(query, name):
    return "&".join(part for part in query.split("&") if not part.startswith(name + "="))


NAMES = [part.split("=")[0] for query in (V4, V2) for part in query.split("&")]

CREDENTIALS = [
    *(of_alice("GET", f"/team/alice/plan?{query}", 200) for query in (
        V4, V2, V4 + "&x-id=GetObject", "versionId=v1&" + V4, V4 + "&X-Amz-Security-Token=a%2Fb%2Bc%3D",
        V4 + "&response-content-type=text%2Fplain", "&".join(reversed(V4.split("&"))))),
    of_alice("PUT", "/team/alice/plan?" + V4, 200, [("x-amz-content-sha256", "UNSIGNED-PAYLOAD")], body=b"plan"),
    of_alice("GET", "/team/secret/x?" + V4, 403),
    # A part twice, under whatever name some store knows it, missing or empty.
    *(of_alice("GET", f"/team/alice/plan?{query}", 400)
      for name in NAMES for whole in [V4 if name.startswith("X-") else V2]
      for query in (f"{name}=AKADMIN&{whole}", f"{whole}&{name}=AKADMIN", f"{name}&{whole}", f"{whole}&{name.lower()}=AKADMIN",
                    f"{name.upper()}=AKADMIN&{whole}", f"{whole}&%{ord(name[0]):02x}{name[1:]}=AKADMIN", f"{name}%5B%5D=A&{whole}",
                    without(whole, name), without(whole, name) + f"&{name}=", without(whole, name) + f"&{name}",
                    without(whole, name) + f"&{name.lower()}=AKADMIN")
      # Algorithm and the like are not changed into others by this, so that they are wrong or missing, too.
      if query != whole),
    *(of_alice("GET", f"/team/alice/plan?{query}", 400) for query in (
        V4 + "&X-Amz-Security-Token=a&X-Amz-Security-Token=b", V4 + "&X-Amz-Security-Token=", V4 + "&x-amz-security-token=a",
        V4 + "&X-Amz-Unheard-Of=1", V4 + "&X-Amz-Target=a", V4 + "&Action=ListUsers", "X-Amz-Security-Token=a", V4 + "&" + V2,
        V2 + "&X-Amz-Signature=a", V2 + "&X-Amz-Security-Token=a", V4 + "&Expires=1", V4 + "&GoogleAccessId=a", V4 + "&temp_url_sig=a",
        V4.replace("HMAC", "ECDSA"), V4.replace("HMAC", "hmac"), V4.replace("AKALICE", "AKADMIN%2F1%2F2%2Fs3%2Faws4_request,AKALICE"),
        V4.replace("AKALICE", ""), V4.replace("AKALICE", "AKADMIN%20"), V4.replace("%2Fs3%2F", "%2Fiam%2F"),
        V4.replace("%2Fs3%2F", "%2Fsts%2F"), V4.replace("us-east-1", ""), V4.replace("%2Faws4_request", ""), V4.replace("300", "%20300"),
        "x-id=a&x-id=b", "response-expires=a&response-expires=b")),
    *(of_alice("GET", f"/team?prefix=alice/&{query}", 400) for query in (
        "list-type=2&list-type=1", "marker=a&marker=b", "start-after=a&start-after=b", "continuation-token=a&continuation-token=b")),
    # By header.
    *(of_alice("GET", "/team/alice/plan", 200, [("Authorization", value), *more]) for value, *more in (
        (HEADER_V4,), (HEADER_V4, ("x-amz-date", "20261126T120000Z")), (HEADER_V4, ("x-amz-security-token", "a/b+c=")),
        ("AWS4-HMAC-SHA256 " + ",".join(PARTS),), ("AWS4-HMAC-SHA256 " + ", ".join(reversed(PARTS)),), ("AWS AKALICE:abc+def=",),
        ("AWS AKALICE:abc+def=", ("x-amz-security-token", "a")), ("Bearer a.b-c_d",))),
    *(of_alice("GET", "/team/alice/plan", 400, [("Authorization", value)]) for value in (
        HEADER_V4.replace("Credential=", "Credential=AKADMIN/20261126/us-east-1/s3/aws4_request, Credential="),
        HEADER_V4 + ", Credential=AKADMIN/20261126/us-east-1/s3/aws4_request", HEADER_V4 + ", Signature=0a", HEADER_V4 + ",",
        HEADER_V4 + ", SignedHeaders=host", HEADER_V4 + ", credential=AKADMIN/20261126/us-east-1/s3/aws4_request",
        HEADER_V4 + ",AWS AKADMIN:abc", HEADER_V4 + "," + HEADER_V4, HEADER_V4 + " " + HEADER_V4, HEADER_V4 + ", Basic YTpi",
        *("AWS4-HMAC-SHA256 " + ", ".join(part for part in PARTS if part != left_out) for left_out in PARTS),
        *(HEADER_V4.replace(part, part.split("=")[0] + "=") for part in PARTS),
        HEADER_V4.replace("AKALICE", ""), HEADER_V4.replace("AKALICE", "AK ALICE"), HEADER_V4.replace("AKALICE", "AKADMIN=AKALICE"),
        HEADER_V4.replace("/s3/", "/iam/"), HEADER_V4.replace("AKALICE", "AKADMIN/AKALICE"), HEADER_V4.replace("HMAC", "ECDSA"),
        HEADER_V4.lower(), HEADER_V4.replace(" ", "\t", 1), "AWS4-HMAC-SHA256", "AWS", "AWS AKALICE", "AWS AKALICE:", "AWS :abc",
        "AWS AKADMIN:AKALICE:abc", "AWS AKALICE:abc,AWS AKADMIN:abc", "AWS AKALICE:abc AWS AKADMIN:abc", "aws AKALICE:abc",
        "Bearer a, " + HEADER_V4, "Basic YTpi, Basic YTpj", "Basic YTpi," + HEADER_V4, "x," + HEADER_V4, "Basic", "", "AKALICE:abc",
        "GOOG1 AKALICE:abc", "GOOG4-HMAC-SHA256 " + ", ".join(PARTS))),
    # Two of them.
    *(of_alice("GET", "/team/alice/plan", 400, [("Authorization", one), ("authorization", other)])
      for one in (HEADER_V4, "AWS AKALICE:abc", "Basic YTpi") for other in (HEADER_V4, "AWS AKADMIN:abc", "Bearer a")),
    *(of_alice("GET", f"/team/alice/plan?{query}", 400, [header])
      for query in (V4, V2, "AWSAccessKeyId=AKADMIN", "X-Amz-Credential=AKADMIN%2F1%2F2%2Fs3%2Faws4_request", "X-Amz-Signature=a",
                    "Signature=a", "Expires=1", "X-Amz-Security-Token=a")
      for header in (("Authorization", HEADER_V4), ("Authorization", "AWS AKALICE:abc"), ("Authorization", "Basic YTpi"),
                     ("x-amz-security-token", "a"), ("x-amz-date", "20261126T120000Z"))),
    of_alice("GET", "/team/alice/plan", 400, [("x-amz-security-token", "a")]),
    of_alice("GET", "/team/alice/plan", 400, [("Authorization", "Bearer a"), ("x-amz-security-token", "a")]),
    of_alice("GET", "/team/alice/plan", 400, [("Authorization", HEADER_V4), ("x-amz-security-token", "a"),
                                              ("X-Amz-Security-Token", "b")]),
    of_alice("GET", "/team/alice/plan", 400, [("Authorization", HEADER_V4), ("x-amz-date", "a"), ("X-Amz-Date", "b")]),
    of_alice("GET", "/team/alice/plan", 400, [("Authorization", HEADER_V4), ("x-amz-security-token", "")]),
    of_alice("POST", "/team", 400, [("Authorization", HEADER_V4), FORM_TYPE], body=FORM),
    of_alice("POST", "/team?" + V4, 400, [FORM_TYPE], body=FORM),
    # The password that the gateway asked for, and a signature: two credentials.
    of_alice("GET", "/team/alice/plan?" + V4, 400, host="s3.example.com", server="strict"),
]
ONE_MEANING = FORMS + INTERFACES + HOSTS + CREDENTIALS
