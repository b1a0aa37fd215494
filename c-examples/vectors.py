"""Writes a file of cases as the C tables of the test.

    vectors.py decisions vectors.jsonl > decisions.inc
    vectors.py documents invalid.jsonl > documents.inc

What a case file leaves unsaid is said here: a layer that is not in the file is
declared absent, and a resource whose ARN names no account is the principal's.
Decision cases with the same policies make a group, which shares one policy set.
"""

import json
import sys

LAYERS = {  # member: kind, layer, absent flag
    "identity": ("IDENTITY", "IDENTITY", "IDENTITY"),
    "boundary": ("BOUNDARY", "BOUNDARY", "BOUNDARY"),
    "session": ("SESSION", "SESSION", "SESSION"),
    "resource": (None, "RESOURCE", "RESOURCE"),
    "scp": (None, "SCP", "SCP"),
    "rcp": ("RCP", "RCP", "RCP"),
    "vpce": ("VPCE", "ENDPOINT", "ENDPOINT"),
}
SCP_KINDS = {"classic": "SCP_CLASSIC", "full": "SCP_FULL"}
RESOURCE_KINDS = {"resource": "ORDINARY", "kms": "KMS_KEY", "trust": "ROLE"}
ROLE_ACTIONS = {"sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity", "sts:tagsession",
                "sts:setsourceidentity"}
PRINCIPAL_TYPES = {
    "user": "USER", "role_session": "ROLE_SESSION", "federated_user": "FEDERATED_USER", "root": "ROOT",
    "service": "SERVICE", "saml": "SAML", "oidc": "OIDC", "anonymous": "ANONYMOUS",
}
PRINCIPAL_TEXTS = {
    "arn": "arn", "role_arn": "role_arn", "user_arn": "user_arn", "service": "service",
    "provider": "provider", "canonical": "canonical_user", "unique_id": "unique_id",
}
PRINCIPAL_FLAGS = {"management_account": "MANAGEMENT_ACCOUNT"}
NO_TYPE = "99"  # No principal: such a request is refused.

LONGEST_LITERAL = 4000  # C11 promises 4095 characters.

tables = 0


def table(c_type, items):
    """Writes a table, unless it is empty, and returns its name and length."""
    global tables
    if not items:
        return "NULL", 0
    tables += 1
    print(f"static const {c_type} t{tables}[] = {{{', '.join(items)}}};")
    return f"t{tables}", len(items)


def literal(data):
    """A C string literal."""
    plain = lambda byte: 32 <= byte < 127 and chr(byte) not in '"\\?'
    return '"' + "".join(chr(byte) if plain(byte) else f"\\{byte:03o}" for byte in data) + '"'


def text(value):
    """The initializer of an iamlet_text."""
    data = value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
    if len(data) <= LONGEST_LITERAL:
        return f"{{{literal(data)}, {len(data)}}}"
    name, size = table("char", [f"'\\{byte:03o}'" for byte in data])
    return f"{{{name}, {size}}}"


def flags(names):
    return " | ".join(f"IAMLET_{name}" for name in names) or "0"


def known(member, names):
    """Stops at what this reader would else pass over: a case that is read wrong proves nothing."""
    unknown = set(member) - set(names)
    if unknown:
        sys.exit(f"vectors.py: unknown members {sorted(unknown)}")


def document(value):
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def listed(value):
    return value if isinstance(value, list) else [value]


def option_flags(options):
    known(options, {"scp_dialect", "scp_missing_version", "enforce_quotas", "quota_bytes"})
    names = ["ENFORCE_QUOTAS"] if options.get("enforce_quotas") else []
    if options.get("scp_missing_version", "reject") == "assume_2012":
        names.append("SCP_ASSUME_2012")
    return flags(names)


def kind_that_follows(request):
    """The kind of the resource where none is stated: of several resources, the first one's (R-RES-15)."""
    arn = request.get("resource") or (request.get("resources") or [{"arn": ""}])[0]["arn"]
    fields = arn.split(":", 5)
    if len(fields) == 6 and fields[2] == "kms" and fields[5].startswith("key/"):
        return "kms"
    is_role = len(fields) == 6 and fields[2] == "iam" and fields[5].startswith("role/")
    return "trust" if is_role and request["action"].lower() in ROLE_ACTIONS else "resource"


def policy_table(policies, dialect, resource_kind):
    """The table of a group's policies."""
    rows = []

    def add(member, value, level=0):
        kind, layer, _ = LAYERS[member]
        if member == "scp":
            kind = SCP_KINDS[dialect]
        if member == "resource":
            kind = {"kms": "KMS", "trust": "TRUST"}.get(resource_kind, "RESOURCE")
        rows.append(f"POLICY({text(document(value))}, IAMLET_KIND_{kind}, IAMLET_LAYER_{layer}, {level})")

    for member in (name for name in LAYERS if name in policies):
        if member in ("scp", "rcp"):
            for level, documents in enumerate(policies[member]):
                for value in documents:
                    add(member, value, level)
        else:
            for value in listed(policies[member]):
                add(member, value)
    return table("struct policy", rows)


def context_table(context, multivalued):
    """The table of a context. A key that is declared multivalued may have its values elsewhere."""
    declared = {name.lower() for name in multivalued}
    rows = []
    for key, values in list(context.items()) + [(name, []) for name in multivalued]:
        name, count = table("iamlet_text", [text(value) for value in values])
        rows.append(f"{{.key = {{.name = {text(key)}}}, .values = {name}, .value_count = {count}, "
                    f".multivalued = {int(key.lower() in declared)}}}")
    return table("iamlet_context_entry", rows)


def account_of(arn):
    parts = arn.split(":", 5)
    return parts[4] if len(parts) == 6 and parts[0] == "arn" else ""


def is_account(account):
    return len(account) == 12 and account.isascii() and account.isdigit()


def principal(value):
    """The initializer of an iamlet_principal, and its ARN."""
    if isinstance(value, str):
        value = {"type": "anonymous"} if value == "anonymous" else {"arn": value}
    known(value, {"type", "service_linked_role"} | PRINCIPAL_TEXTS.keys() | PRINCIPAL_FLAGS.keys())
    kind = f"IAMLET_PRINCIPAL_{PRINCIPAL_TYPES[value['type']]}" if "type" in value else "IAMLET_PRINCIPAL_DERIVED"
    # R-PRIN-17: the library takes no such flag, for the path says it.
    linked = ":role/aws-service-role/" in value.get("role_arn", "")
    if value.get("service_linked_role", linked) != linked:
        kind = NO_TYPE
    members = [f".type = {kind}", f".flags = {flags(f for n, f in PRINCIPAL_FLAGS.items() if value.get(n))}"]
    members += [f".{PRINCIPAL_TEXTS[name]} = {text(value[name])}" for name in PRINCIPAL_TEXTS if value.get(name)]
    return "{" + ", ".join(members) + "}", value.get("arn", "")


def resource(arn, request, principal_arn):
    account = request.get("resource_account") or ("" if is_account(account_of(arn)) else account_of(principal_arn))
    managed = int(bool(request.get("resource_in_management_account")))
    return f"{{.arn = {text(arn)}, .account = {text(account)}, .in_management_account = {managed}}}"


def decision_case(case, policies):
    """The initializer of a struct decision_case."""
    request = case["request"]
    known(request, {"principal", "action", "resource", "resources", "resource_account",
                    "resource_in_management_account", "multivalued", "context"})
    who, arn = principal(request["principal"])
    multivalued = request.get("multivalued", [])
    own, _ = table("iamlet_resource", [resource(request["resource"], request, arn)] if "resource" in request else [])
    items = []
    for item in request.get("resources", []):
        # What the request declares multivalued is so for its items; a key without values would take values away.
        context, count = context_table(item.get("context", {}), [])
        items.append(f"{{.struct_size = sizeof(iamlet_request_item), .context = {context}, "
                     f".context_count = {count}, .resource = {resource(item['arn'], request, arn)}}}")
    items, item_count = table("iamlet_request_item", items)
    context, count = context_table(request.get("context", {}), multivalued)
    absent = flags(f"ABSENT_{flag}" for name, (_, _, flag) in LAYERS.items() if not policies.get(name))
    return (f"{{{literal(case['id'].encode())}, {literal(case['expect'].encode())}, {{"
            f".struct_size = sizeof(iamlet_request), .principal = {who}, .action = {text(request['action'])}, "
            f".resource = {own}, .resource_kind = "
            f"IAMLET_RESOURCE_{RESOURCE_KINDS.get(policies.get('resource_kind'), 'DERIVED')}, .absent = {absent}, "
            f".flags = {flags(['GATEWAY_ENDPOINT'] if policies.get('vpce_type') == 'gateway' else [])}, "
            f".context = {context}, .context_count = {count}}}, {items}, {item_count}}}")


def resource_kind_of(case):
    return case["policies"].get("resource_kind") or kind_that_follows(case["request"])


def group(cases):
    """The initializer of a struct group."""
    policies, options = cases[0]["policies"], cases[0].get("options", {})
    known(policies, LAYERS.keys() | {"resource_kind", "vpce_type"})
    name, count = policy_table(policies, options.get("scp_dialect", "full"), resource_kind_of(cases[0]))
    rows, case_count = table("struct decision_case", [decision_case(case, policies) for case in cases])
    no_levels = int(any(policies.get(layer) == [] for layer in ("scp", "rcp")))
    return (f"{{{name}, {count}, {len(policies.get('scp', []))}, {len(policies.get('rcp', []))}, {no_levels}, "
            f"{option_flags(options)}, {rows}, {case_count}}}")


def document_case(case):
    """The initializer of a struct document_case."""
    known(case, {"id", "rule", "kind", "policy", "policy_hex", "expect", "code", "at", "offset", "options", "why"})
    data = bytes.fromhex(case["policy_hex"]) if "policy_hex" in case else case["policy"]
    code = case["code"] if case["expect"] == "invalid_policy" else ""
    options = case.get("options", {})
    offset = "UINT32_MAX" if case.get("offset") is None else case["offset"]
    return (f"{{{literal(case['id'].encode())}, {text(data)}, IAMLET_KIND_{case['kind'].upper()}, "
            f"{option_flags(options)}, {options.get('quota_bytes') or 0}, {literal(code.encode())}, "
            f"{text(case.get('at') or '')}, {offset}}}")


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def main(what, path):
    print("/* Generated by vectors.py. */")
    if what == "decisions":
        groups = {}
        for case in lines(path):
            key = json.dumps([case["policies"], case.get("options"), resource_kind_of(case)])
            groups.setdefault(key, []).append(case)
        name, c_type, rows = "GROUPS", "struct group", [group(cases) for cases in groups.values()]
    else:
        name, c_type, rows = "DOCUMENTS", "struct document_case", [document_case(case) for case in lines(path)]
    print(f"static const {c_type} {name}[] = {{\n" + ",\n".join(rows) + "\n};")


main(*sys.argv[1:])
