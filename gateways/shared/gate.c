#include "gate.h"

void gate_begin(gate *gate)
{
    gate->source_ip = context_key(IAMLET_TEXT("aws:SourceIp"));
    gate->secure_transport = context_key(IAMLET_TEXT("aws:SecureTransport"));
    gate->user_agent = context_key(IAMLET_TEXT("aws:UserAgent"));
    gate->referer = context_key(IAMLET_TEXT("aws:Referer"));
    gate->version_id = context_key(IAMLET_TEXT("s3:VersionId"));
    gate->current_time = context_key(IAMLET_TEXT("aws:CurrentTime"));
    gate->epoch_time = context_key(IAMLET_TEXT("aws:EpochTime"));
}

bool gate_gives(const gate *gate, iamlet_text key)
{
    const iamlet_text names[] = {
        gate->source_ip.name, gate->secure_transport.name, gate->user_agent.name, gate->referer.name,
        gate->current_time.name, gate->epoch_time.name,
        /* Derived by the engine. */
        IAMLET_TEXT("aws:PrincipalArn"), IAMLET_TEXT("aws:PrincipalAccount"), IAMLET_TEXT("aws:PrincipalType"),
        IAMLET_TEXT("aws:PrincipalIsAWSService"), IAMLET_TEXT("aws:username"), IAMLET_TEXT("aws:ResourceAccount"),
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (text_equals_in_any_case(key, names[i])) {
            return true;
        }
    }
    return false;
}

bool gate_trusts(iamlet_text key)
{
    iamlet_text begin = IAMLET_TEXT("aws:Principal");
    return key.len >= begin.len && text_equals_in_any_case((iamlet_text){key.data, begin.len}, begin);
}

bool gate_next_warning(const gate *gate, size_t *at, bool (*is_given)(const void *of, iamlet_text key), const void *of,
                       char line[GATE_WARNING_MAX])
{
    size_t count;
    named_key *keys = policies_named_keys(gate->policies, &count);
    while (*at < count) {
        named_key *key = &keys[(*at)++];
        if (key->is_warned_of || is_given(of, key->name)) {
            continue;
        }
        char room[GATE_LOGGED_MAX];
        iamlet_text name = gate_text_for_log(key->name, room, sizeof room);
        key->is_warned_of = true;
        snprintf(line, GATE_WARNING_MAX, "iamlet: the context key \"%.*s\" is not given here, and %s names it",
                 (int)name.len, name.data, key->path);
        return true;
    }
    return false;
}

static void answer_without_deciding(int status, const char *why, gate_answer *answer)
{
    *answer = (gate_answer){.status = status, .policy = ""};
    snprintf(answer->reason, sizeof answer->reason, "%s", why);
}

void gate_refuse(const char *why, gate_answer *answer)
{
    answer_without_deciding(400, why, answer);
}

iamlet_text gate_text_for_log(iamlet_text text, char *room, size_t size)
{
    size_t len = text.len < size ? text.len : size;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        room[i] = c < ' ' || c == 0x7F ? '?' : text.data[i];
    }
    return (iamlet_text){room, len};
}

/* Whether a text may stand in a header's value between quotes. */
static bool is_plain(iamlet_text text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < ' ' || text.data[i] > '~' || text.data[i] == '"' || text.data[i] == '\\') {
            return false;
        }
    }
    return true;
}

/* Writes why a request is denied: the reason, the layer and its level where the reason does not name them, and the Sid. */
static void write_reason(const iamlet_decision *decision, iamlet_status status, char reason[GATE_REASON_MAX])
{
    bool is_explicit = status == IAMLET_OK && decision->reason == IAMLET_REASON_EXPLICIT_DENY;
    bool has_levels = decision->layer == IAMLET_LAYER_SCP || decision->layer == IAMLET_LAYER_RCP;
    iamlet_text why = status == IAMLET_OK              ? iamlet_reason_text(decision->reason)
                      : status == IAMLET_MISSING_LAYER ? IAMLET_TEXT("there is no policy for this principal")
                                                       : iamlet_status_text(status);
    iamlet_text layer = is_explicit || status != IAMLET_OK ? iamlet_layer_text(decision->layer) : IAMLET_TEXT("");
    iamlet_text sid = is_plain(decision->sid) ? decision->sid : IAMLET_TEXT("");
    char level[32] = "";
    if (has_levels && status == IAMLET_OK) {
        snprintf(level, sizeof level, "; level %u", decision->level);
    }
    snprintf(reason, GATE_REASON_MAX, "%.*s%s%.*s%s%s%.*s%s", (int)why.len, why.data, layer.len == 0 ? "" : "; ",
             (int)layer.len, layer.data, level, sid.len == 0 ? "" : "; \"", (int)sid.len, sid.data,
             sid.len == 0 ? "" : "\"");
}

static void deny(const gate *gate, const s3_access *access, const iamlet_decision *decision, iamlet_status status,
                 gate_answer *answer)
{
    bool is_malformed = (status >= IAMLET_MALFORMED_ACTION && status < IAMLET_TOO_MANY_SETS) ||
                        status >= IAMLET_CONTRADICTED_PRINCIPAL_TYPE;
    *answer = (gate_answer){.status = is_malformed ? 400 : 403, .action = access->action,
                            .resource = access->resource, .policy = ""};
    write_reason(decision, status, answer->reason);
    if (decision->statement != IAMLET_NONE && status == IAMLET_OK) {
        answer->policy = policies_path(gate->policies, decision->tag);
    }
}

size_t gate_describe(const gate_answer *answer, iamlet_text principal, char line[GATE_LINE_MAX])
{
    char rooms[3][GATE_LOGGED_MAX];
    iamlet_text action = gate_text_for_log(answer->action, rooms[0], sizeof rooms[0]);
    iamlet_text resource = gate_text_for_log(answer->resource, rooms[1], sizeof rooms[1]);
    bool is_decided = action.len != 0 || resource.len != 0;
    /* What was refused before may have been so before it was known who asks. */
    iamlet_text who = principal.len != 0 ? gate_text_for_log(principal, rooms[2], sizeof rooms[2])
                      : is_decided       ? IAMLET_TEXT("nobody")
                                         : IAMLET_TEXT("");
    int len = snprintf(line, GATE_LINE_MAX, "%d: %s%s%.*s%s%.*s%s%.*s%s%s", answer->status, answer->reason,
                       is_decided ? ": " : "", (int)action.len, action.data, is_decided ? " on " : "", (int)resource.len,
                       resource.data, who.len == 0 ? "" : ", for ", (int)who.len, who.data,
                       answer->policy[0] == 0 ? "" : ", by ", answer->policy);
    return len < 0 ? 0 : (size_t)len < GATE_LINE_MAX ? (size_t)len : GATE_LINE_MAX - 1;
}

static void add_caller(const gate *gate, const gate_caller *caller, context *context)
{
    if (caller->address.len != 0) {
        context_add(context, gate->source_ip, caller->address);
    }
    if (caller->user_agent.len != 0) {
        context_add(context, gate->user_agent, caller->user_agent);
    }
    if (caller->referer.len != 0) {
        context_add(context, gate->referer, caller->referer);
    }
    context_add(context, gate->secure_transport, caller->is_tls ? IAMLET_TEXT("true") : IAMLET_TEXT("false"));
}

void gate_decide(const gate *gate, const gate_caller *caller, gate_memory *memory, gate_answer *answer)
{
    context *context = &memory->context;
    add_caller(gate, caller, context);
    bool is_role = caller->role.len != 0;
    iamlet_set sets[2];
    key_set named;
    size_t set_count = policies_of(gate->policies, is_role ? caller->role : caller->principal, sets, &named);
    bool names_clock = (named & (key_set_of(gate->current_time) | key_set_of(gate->epoch_time))) != 0;
    iamlet_resource resource = {.account = caller->account.len != 0 ? caller->account : gate->account};
    iamlet_request request = {
        .struct_size = sizeof request,
        .principal = {.arn = caller->principal, .role_arn = caller->role},
        .resource = &resource,
        .absent = policies_absent(gate->policies),
        .flags = IAMLET_DERIVE_RESOURCE_ACCOUNT | (names_clock ? IAMLET_HAS_CLOCK : 0),
        .clock = names_clock ? caller->now : 0,
        .context = context->entries,
    };
    request.principal.type = caller->principal.len == 0
                                 ? IAMLET_PRINCIPAL_ANONYMOUS
                                 : iamlet_principal_type_of_arn(caller->principal.data, caller->principal.len);
    if (context->full || memory->s3.access_count == 0) {
        gate_refuse("the request has more context than can be decided on, or asks for nothing", answer);
        return;
    }
    if (request.principal.type == 0) {
        answer_without_deciding(403, "the principal is not the ARN of a user, a session or a root user", answer);
        return;
    }
    if (is_role && request.principal.type != IAMLET_PRINCIPAL_ROLE_SESSION) {
        /* The role's policies would be applied to somebody else. */
        answer_without_deciding(403, "there is a role, and the principal is not a session", answer);
        return;
    }
    context_keep(context, named);
    size_t shared = context->count;
    for (size_t i = 0; i < memory->s3.access_count; i++) {
        const s3_access *access = &memory->s3.accesses[i];
        context->count = shared;
        if (access->version.data != NULL) {
            context_add(context, gate->version_id, access->version);
            context_keep(context, named);
        }
        request.context_count = context->count;
        request.action = access->action;
        resource.arn = access->resource;
        if (!context->full && recent_find(&memory->recent, policies_number(gate->policies), &request)) {
            continue;
        }
        iamlet_decision decision = {0};
        size_t len;
        iamlet_status status = context->full ? IAMLET_REQUEST_TOO_LARGE
                                             : iamlet_request_prepare(&request, memory->request, GATE_REQUEST_MAX, &len);
        if (status == IAMLET_OK) {
            status = iamlet_decide(sets, set_count, memory->request, len, &decision);
        }
        if (status != IAMLET_OK || decision.effect != IAMLET_ALLOW) {
            deny(gate, access, &decision, status, answer);
            return;
        }
        recent_add(&memory->recent);
    }
    *answer = (gate_answer){.is_allowed = true, .status = 200, .policy = ""};
}
