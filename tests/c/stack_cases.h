/* The calls that stack.c measures: every element, every operator, every layer, and patterns at their worst. */

#define STATEMENT(rest) "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"S1\"," rest "}]}"

static const char every_operator[] = STATEMENT(
    "\"Effect\":\"Deny\",\"NotAction\":[\"s3:Put?b*\",\"*:x\"],\"NotResource\":[\"arn:aws:s3:::b/${aws:username}/*a?b*\","
    "\"arn:aws:iam::*:user/${a:t, 'd'}\"],\"Condition\":{"
    "\"StringEquals\":{\"a:s\":[\"x\",\"${a:t}\"]},\"StringNotEquals\":{\"a:s\":\"q\"},"
    "\"StringEqualsIgnoreCase\":{\"a:s\":\"${a:t}X\"},\"StringNotEqualsIgnoreCase\":{\"a:s\":\"Q\"},"
    "\"StringLike\":{\"a:l\":[\"*a*b*?c*${a:t}*\",\"*aaaaaaab*\"]},\"StringNotLike\":{\"a:l\":\"*${a:t}?*b*?\"},"
    "\"ForAllValues:StringLike\":{\"a:m\":[\"*?*?a\"]},\"ForAnyValue:StringLikeIfExists\":{\"a:m\":\"*${a:t, 'e'}*?\"},"
    "\"NumericEquals\":{\"a:n\":[1,2.5]},\"NumericLessThanEquals\":{\"a:n\":\"12345678901234567890.123456789\"},"
    "\"NumericGreaterThan\":{\"a:n\":0},\"DateEquals\":{\"a:d\":\"2024-02-29T12:34:56.789+01:00\"},"
    "\"DateLessThan\":{\"aws:CurrentTime\":\"2030-01-01\"},\"Bool\":{\"a:b\":[true]},\"BinaryEquals\":{\"a:bin\":\"QUJD\"},"
    "\"IpAddress\":{\"a:ip\":[\"2001:db8::/32\",\"192.0.2.0/24\"]},\"NotIpAddress\":{\"a:ip\":\"10.0.0.0/8\"},"
    "\"ArnLike\":{\"a:arn\":\"arn:aws:*:*:*:*/${a:t}?*b*?\"},\"ArnNotEquals\":{\"a:arn\":\"arn:aws:iam::1?2222*:user/?*\"},"
    "\"ForAnyValue:ArnLikeIfExists\":{\"a:arns\":\"arn:*:*:*:*:*?*a\"},\"Null\":{\"a:none\":true}}");

static const char escapes[] =
    "{\"\\u0056ersion\":\"2012-10-17\",\"State\\u006dent\":{\"Effect\":\"\\u0041llow\",\"Action\":\"s3:\\u002a\","
    "\"Resource\":[\"arn:aws:s3:::\\ud83d\\ude00/\\u002a\",\"arn:aws:s3\"],\"Condition\":{\"StringLike\":{\"a:\\u0073\":\"\\u0024{a:t}\"}}}}";

static const char duplicates[] =
    "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"a:b\",\"Resource\":\"*\","
    "\"Condition\":{\"StringEquals\":{\"a:k\":\"1\",\"\\u0061:k\":\"2\"}}}}";

static const char principals[] = STATEMENT(
    "\"Effect\":\"Allow\",\"Principal\":{\"AWS\":[\"arn:aws:iam::111122223333:user/alice\",\"*\",\"444455556666\","
    "\"arn:aws:sts::111122223333:assumed-role/R/s\",\"AIDAQ\"],\"Service\":[\"s3.amazonaws.com\"],"
    "\"CanonicalUser\":\"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be\"},\"Action\":\"s3:*\","
    "\"Resource\":\"*\"},{\"Effect\":\"Deny\",\"NotPrincipal\":{\"AWS\":\"arn:aws:iam::111122223333:root\"},"
    "\"Action\":\"s3:Delete*\",\"Resource\":\"arn:aws:s3:::*\"");

static const char endpoint[] = STATEMENT("\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\","
    "\"Condition\":{\"StringLike\":{\"a:l\":\"aaaaaa*\"},\"StringEquals\":{\"aws:PrincipalAccount\":\"111122223333\"}}");

static const char trust[] = STATEMENT("\"Effect\":\"Allow\",\"Principal\":{\"Federated\":"
    "\"arn:aws:iam::111122223333:saml-provider/p\"},\"Action\":\"sts:AssumeRoleWithSAML\"");

/* A condition of patterns that are looked for at many places together, below fields of an ARN: the deepest of matching. */
static const char deep[] = STATEMENT(
    "\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{"
    "\"ForAnyValue:ArnLike\":{\"a:arns\":[\"arn:*:*:*:*:*?y?*\",\"arn:*:*:*:*:*?${a:t}?y?*\"]}}");
static const char allow[] = STATEMENT("\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"");
static const char rcp_allow[] =
    STATEMENT("\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"s3:Never\",\"Resource\":\"*\"");
static const char classic[] = STATEMENT("\"Effect\":\"Allow\",\"Action\":[\"s3:*\",\"ec2:Run*\"],\"Resource\":\"*\"");

/* A document with so many statements, each of which says something. */
static char *many(int count) {
    char *text = malloc((size_t)count * 160 + 100);
    CHECK(text);
    char *at = text + sprintf(text, "{\"Version\":\"2012-10-17\",\"Statement\":[");
    for (int number = 0; number < count; number++) {
        at += sprintf(at, "%s{\"Sid\":\"S%d\",\"Effect\":\"%s\",\"Action\":\"s3:A%d*\",\"Resource\":\"arn:aws:s3:::b%d/*?x*\"}",
                      number ? "," : "", number, number % 3 ? "Allow" : "Deny", number % 50, number % 70);
    }
    sprintf(at, "]}");
    return text;
}

static void compile_cases(void) {
    compile("every operator", every_operator, IAMLET_KIND_IDENTITY, IAMLET_ENFORCE_QUOTAS, 1);
    compile("every operator", every_operator, IAMLET_KIND_SCP_FULL, 0, 1);
    compile("escapes", escapes, IAMLET_KIND_INLINE_ROLE, 0, 1);
    compile("escapes, Latin-1", escapes, IAMLET_KIND_SESSION, IAMLET_ENFORCE_QUOTAS, 0);
    compile("duplicates", duplicates, IAMLET_KIND_BOUNDARY, 0, 0);
    compile("principals", principals, IAMLET_KIND_RESOURCE, 0, 1);
    compile("principals", principals, IAMLET_KIND_IDENTITY, 0, 0);
    compile("endpoint", endpoint, IAMLET_KIND_VPCE, 0, 1);
    compile("trust", trust, IAMLET_KIND_TRUST, 0, 1);
    compile("classic", classic, IAMLET_KIND_SCP_CLASSIC, IAMLET_SCP_ASSUME_2012, 1);
    char *statements = many(400);
    compile("many statements", statements, IAMLET_KIND_IDENTITY, 0, 1);
    free(statements);
}

/* Texts and contexts of the requests. */
static char long_text[4096];
static iamlet_text values[64];
static iamlet_context_entry context[16];

static iamlet_context_entry entry(const char *name, size_t first, size_t count) {
    iamlet_context_entry entry = {0};
    entry.key.name = text_of(name);
    entry.values = values + first;
    entry.value_count = count;
    return entry;
}

static void fill_context(void) {
    memset(long_text, 'a', sizeof long_text - 1);
    const char *texts[] = {"x", "2.5", "2024-02-29T11:34:56.789Z", "true", "QUJD", "2001:db8::7",
                           "arn:aws:iam::111122223333:user/alice", "arn:aws:s3:::b/k", long_text};
    for (size_t at = 0; at < 64; at++) values[at] = text_of(texts[at < 9 ? at : 8]);
    iamlet_context_entry entries_of[] = {entry("a:s", 0, 1),  entry("a:t", 0, 1),  entry("a:n", 1, 1),  entry("a:d", 2, 1),
                                         entry("a:b", 3, 1),  entry("a:bin", 4, 1), entry("a:ip", 5, 1), entry("a:arn", 6, 1),
                                         entry("a:arns", 6, 2), entry("a:l", 8, 1), entry("a:m", 8, 40), entry("A:L2", 8, 1)};
    memcpy(context, entries_of, sizeof entries_of);
    wanted.context = context;
    wanted.context_count = sizeof entries_of / sizeof *entries_of;
}

/* Prepares what `wanted` says, measured, into memory of its own. */
static void *prepared(size_t *len) {
    CHECK(iamlet_request_size(&wanted, &out_len) == IAMLET_OK);
    out = malloc(out_len);
    measure(PREPARE, do_prepare, "with a context");
    CHECK(status == IAMLET_OK);
    *len = out_used;
    return out;
}

static void *prepared_item(const char *arn, size_t *len) {
    wanted_item.struct_size = sizeof wanted_item;
    wanted_item.resource.arn = text_of(arn);
    wanted_item.resource.account = text_of("111122223333");
    wanted_item.context = context;
    wanted_item.context_count = wanted.context_count;
    CHECK(iamlet_item_size(&wanted_item, &out_len) == IAMLET_OK);
    out = malloc(out_len);
    measure(PREPARE_ITEM, do_prepare_item, "with a context");
    CHECK(status == IAMLET_OK);
    *len = out_used;
    return out;
}

/* All of the ways to decide, over the sets and the request of now. */
static void decide(const char *what, iamlet_status expected) {
    measure(DECIDE, do_decide, what);
    CHECK(status == expected);
    measure(RESOURCES, do_resources, what);
    measure(BATCH, do_batch, what);
    measure(FILTER, do_filter, what);
    measure(EXPLAIN, do_explain, what);
    if (status != expected) {
        fprintf(stderr, "%s: explaining ends with %d, %zu records\n", what, (int)status, record_count);
        exit(2);
    }
    if (status == IAMLET_OK) {
        measure(TELL, do_tell, what);
        CHECK(status == IAMLET_OK);
    }
}

static void decide_cases(void) {
    char *statements = many(400);
    iamlet_set_policy list[] = {
        policy(allow, IAMLET_KIND_SCP_FULL, IAMLET_LAYER_SCP, 0),
        policy(classic, IAMLET_KIND_SCP_CLASSIC, IAMLET_LAYER_SCP, 1),
        policy(rcp_allow, IAMLET_KIND_RCP, IAMLET_LAYER_RCP, 0),
        policy(rcp_allow, IAMLET_KIND_RCP, IAMLET_LAYER_RCP, 1),
        policy(principals, IAMLET_KIND_RESOURCE, IAMLET_LAYER_RESOURCE, 0),
        policy(every_operator, IAMLET_KIND_IDENTITY, IAMLET_LAYER_IDENTITY, 0),
        policy(statements, IAMLET_KIND_IDENTITY, IAMLET_LAYER_IDENTITY, 0),
        policy(every_operator, IAMLET_KIND_BOUNDARY, IAMLET_LAYER_BOUNDARY, 0),
        policy(every_operator, IAMLET_KIND_SESSION, IAMLET_LAYER_SESSION, 0),
        policy(endpoint, IAMLET_KIND_VPCE, IAMLET_LAYER_ENDPOINT, 0),
        policy(allow, IAMLET_KIND_IDENTITY, IAMLET_LAYER_IDENTITY, 0),
        policy(deep, IAMLET_KIND_IDENTITY, IAMLET_LAYER_IDENTITY, 0),
        policy(allow, IAMLET_KIND_BOUNDARY, IAMLET_LAYER_BOUNDARY, 0),
        policy(allow, IAMLET_KIND_SESSION, IAMLET_LAYER_SESSION, 0),
    };
    free(statements);

    policies = list, policy_count = 10;
    CHECK(iamlet_set_size(policies, policy_count, 2, 2, &out_len, &out_used) == IAMLET_OK);
    out = malloc(out_len);
    measure(BUILD, do_build, "all layers");
    CHECK(status == IAMLET_OK);
    measure(OPEN_SET, do_open_set, "all layers");
    CHECK(status == IAMLET_OK);
    free(out);

    /* One set for each layer or policy, and the identity's again until there are 16. */
    iamlet_set_policy levels[] = {list[0], list[1], list[2], list[3]};
    iamlet_set own = build(&list[4], 1, 0, 0);
    iamlet_set identity = build(&list[5], 2, 0, 0), easy = build(&list[10], 2, 0, 0);
    iamlet_set full[16] = {build(levels, 4, 2, 2), own, build(&list[7], 1, 0, 0), build(&list[8], 1, 0, 0),
                           build(&list[9], 1, 0, 0)};
    iamlet_set open[16] = {full[0], own, build(&list[12], 1, 0, 0), build(&list[13], 1, 0, 0), full[4]};
    for (size_t at = 5; at < 16; at++) full[at] = at % 2 ? identity : easy, open[at] = at % 2 ? easy : identity;

    fill_context();
    wanted.struct_size = sizeof wanted;
    iamlet_resource resource = {text_of("arn:aws:s3:::b/alice/aab"), text_of("111122223333"), 0, 0};
    static char long_arn[2100] = "arn:aws:s3:::b/";
    memset(long_arn + 15, 'a', 2000);
    struct {
        uint32_t type;
        const char *arn, *role, *service;
    } who[] = {{IAMLET_PRINCIPAL_USER, "arn:aws:iam::111122223333:user/alice", "", ""},
               {IAMLET_PRINCIPAL_ROLE_SESSION, "arn:aws:sts::111122223333:assumed-role/R/s",
                "arn:aws:iam::111122223333:role/p/R", ""},
               {IAMLET_PRINCIPAL_FEDERATED_USER, "arn:aws:sts::111122223333:federated-user/f", "", ""}};
    const char *actions[] = {"s3:GetObject", "s3:A7", "s3:DeleteObject", "S3:PutAbC", "ec2:RunInstances", "s3:Never"};
    for (size_t person = 0; person < sizeof who / sizeof *who; person++) {
        for (size_t action = 0; action < sizeof actions / sizeof *actions; action++) {
            for (int variant = 0; variant < 4; variant++) {
                wanted.principal.type = who[person].type;
                wanted.principal.arn = text_of(who[person].arn);
                wanted.principal.role_arn = text_of(who[person].role);
                wanted.action = text_of(actions[action]);
                wanted.resource = &resource;
                resource.arn = text_of(variant & 1 ? long_arn : "arn:aws:s3:::b7/x/xx");
                wanted.flags = IAMLET_HAS_CLOCK | (variant & 2 ? IAMLET_DERIVE_RESOURCE_ACCOUNT : 0);
                wanted.clock = 1700000000;
                request = prepared(&request_len);
                void *memory = request;
                size_t item_len;
                void *item = prepared_item("arn:aws:s3:::b7/x/aax", &item_len);
                entry_count = 8;
                for (size_t at = 0; at < entry_count; at++) {
                    entries[at] = (iamlet_batch_entry){request, request_len, item, item_len, NULL};
                }
                for (int sets_of = 0; sets_of < 2; sets_of++) {
                    memcpy(sets, sets_of ? open : full, sizeof sets);
                    set_count = 16;
                    decide("16 sets", IAMLET_OK);
                    /* Fifteen, and one more that an item brings. */
                    sets[1] = sets[15], set_count = 15;
                    for (size_t at = 0; at < entry_count; at++) entries[at].set = &own;
                    decide("15 sets and an item's", IAMLET_MISSING_LAYER);
                    CHECK(decisions[0].status == IAMLET_OK);
                    for (size_t at = 0; at < entry_count; at++) entries[at].set = NULL;
                }
                set_count = 0;
                decide("no sets", IAMLET_MISSING_LAYER);
                free(item);
                free(memory);
            }
        }
    }
}

static void run_cases(void) {
    compile_cases();
    decide_cases();
}
