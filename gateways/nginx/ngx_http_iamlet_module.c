/*
 * An access handler of nginx that lets a request proceed if policies allow it.
 *
 * Policies are compiled when nginx reads its configuration, before it forks its workers, which only read them. A request
 * allocates nothing, but where nginx puts a value together from text and variables, and for the answer to a denial.
 */
#include "ngx_http_iamlet_module.h"

/* The memory of the request that is decided on. A worker has one thread that does so, and no decision waits. */
static gate_memory memory;

/* Where the walk over the headers of a request is. */
typedef struct {
    ngx_list_part_t *part;
    ngx_uint_t at;
} ngx_http_iamlet_headers_t;

static bool next_header(void *state, http_header *header)
{
    ngx_http_iamlet_headers_t *walk = state;
    while (walk->at == walk->part->nelts) {
        if (walk->part->next == NULL) {
            return false;
        }
        walk->part = walk->part->next;
        walk->at = 0;
    }
    ngx_table_elt_t *line = (ngx_table_elt_t *)walk->part->elts + walk->at++;
    header->name = (iamlet_text){(const char *)line->lowcase_key, line->key.len};
    header->value = ngx_http_iamlet_text(line->value);
    return true;
}

/*
 * The host of an absolute target, with its port. nginx goes by this one, and what the upstream goes by is up to what is
 * forwarded: so it has to be that of the Host header. What follows it in the request line is never a digit.
 */
static iamlet_text target_host_of(const ngx_http_request_t *r)
{
    if (r->host_start == NULL || r->host_end == NULL) {
        return (iamlet_text){NULL, 0};
    }
    const u_char *end = r->host_end;
    if (r->http_version < NGX_HTTP_VERSION_20 && *end == ':') {
        for (end++; *end >= '0' && *end <= '9'; end++) {
        }
    }
    return (iamlet_text){(const char *)r->host_start, (size_t)(end - r->host_start)};
}

static const char *map_s3(ngx_http_request_t *r, const s3_settings *settings)
{
    ngx_http_iamlet_headers_t walk = {&r->headers_in.headers.part, 0};
    http_request http = {
        .method = ngx_http_iamlet_text(r->method_name),
        .target_host = target_host_of(r),
        .normalized_path = ngx_http_iamlet_text(r->uri),
        .next_header = next_header,
        .headers = &walk,
    };
    if (settings->path == S3_PATH_NORMALIZED) {
        /* What is forwarded then, after any rewriting. */
        http.path = http.normalized_path;
        http.query = ngx_http_iamlet_text(r->args);
    } else if (r->valid_unparsed_uri) {
        http.path = text_cut(ngx_http_iamlet_text(r->unparsed_uri), '?', &http.query);
    } else {
        /* By a rewrite rule, a variable that was set, or an internal redirect: what is forwarded is not what came. */
        return "the path or the query was rewritten before it was decided on";
    }
    /* Without a Host header, what is forwarded may have none, or another. */
    if (r->headers_in.host != NULL) {
        http.host = ngx_http_iamlet_text(r->headers_in.host->value);
    }
    return s3_map(settings, &http, &memory.s3, &memory.context);
}

/* The value of a directive; empty where there is no such directive. */
static ngx_int_t value_of(ngx_http_request_t *r, ngx_http_complex_value_t *directive, iamlet_text *text)
{
    ngx_str_t value;
    if (directive == NULL) {
        *text = (iamlet_text){NULL, 0};
        return NGX_OK;
    }
    if (ngx_http_complex_value(r, directive, &value) != NGX_OK) {
        return NGX_ERROR;
    }
    *text = ngx_http_iamlet_text(value);
    return NGX_OK;
}

/* What is asked for, and the context that the configuration gives. */
static ngx_int_t gather(ngx_http_request_t *r, ngx_http_iamlet_conf_t *conf, const char **refused)
{
    context_begin(&memory.context);
    if (conf->s3 != NULL) {
        *refused = map_s3(r, conf->s3);
    } else {
        s3_access *access = &memory.s3.accesses[0];
        access->version = (iamlet_text){NULL, 0};
        memory.s3.access_count = 1;
        if (value_of(r, conf->action, &access->action) != NGX_OK ||
            value_of(r, conf->resource, &access->resource) != NGX_OK) {
            return NGX_ERROR;
        }
    }
    ngx_http_iamlet_context_t *given = conf->context == NULL ? NULL : conf->context->elts;
    for (ngx_uint_t i = 0; conf->context != NULL && i < conf->context->nelts; i++) {
        iamlet_text value;
        if (value_of(r, &given[i].value, &value) != NGX_OK) {
            return NGX_ERROR;
        }
        if (text_has_loose_ends(value)) {
            *refused = "the value of a context key has white space around it";
        }
        /* A variable without a value leaves the key out. */
        if (value.len != 0) {
            context_add(&memory.context, given[i].key, value);
        }
    }
    return NGX_OK;
}

static iamlet_text text_of_header(ngx_table_elt_t *header)
{
    return header == NULL ? (iamlet_text){NULL, 0} : ngx_http_iamlet_text(header->value);
}

static ngx_int_t know_caller(ngx_http_request_t *r, ngx_http_iamlet_conf_t *conf, gate_caller *caller)
{
    *caller = (gate_caller){
        /* For a connection over a Unix socket this is "unix:", which is no address. */
        .address = r->connection->sockaddr->sa_family == AF_UNIX ? (iamlet_text){NULL, 0}
                                                                : ngx_http_iamlet_text(r->connection->addr_text),
        .user_agent = text_of_header(r->headers_in.user_agent),
        .referer = text_of_header(r->headers_in.referer),
        .now = ngx_time(),
    };
#if (NGX_HTTP_SSL)
    caller->is_tls = r->connection->ssl != NULL;
#endif
    return value_of(r, conf->principal, &caller->principal) == NGX_OK &&
                   value_of(r, conf->role, &caller->role) == NGX_OK &&
                   value_of(r, conf->account, &caller->account) == NGX_OK
               ? NGX_OK
               : NGX_ERROR;
}

static ngx_int_t refuse(ngx_http_request_t *r, ngx_http_iamlet_conf_t *conf, iamlet_text principal,
                        const gate_answer *answer)
{
    char line[GATE_LINE_MAX];
    size_t line_len = gate_describe(answer, principal, line);
    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0, "iamlet: %*s", line_len, line);
    if (r->headers_in.expect != NULL) {
        /* A client that waits for "100 Continue" does not send its body after a denial: what it sends next would be taken
         * for that body. So the connection ends here. */
        r->keepalive = 0;
        r->expect_tested = 1;
    }
    if (conf->reason_header) {
        ngx_table_elt_t *header = ngx_list_push(&r->headers_out.headers);
        size_t len = ngx_strlen(answer->reason);
        u_char *reason = ngx_pnalloc(r->pool, len);
        if (header == NULL || reason == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
        ngx_memcpy(reason, answer->reason, len);
        header->hash = 1;
#if (nginx_version >= 1023000)
        header->next = NULL;
#endif
        ngx_str_set(&header->key, "X-Iamlet-Reason");
        header->value.len = len;
        header->value.data = reason;
    }
    return answer->status;
}

static ngx_int_t ngx_http_iamlet_handler(ngx_http_request_t *r)
{
    ngx_http_iamlet_conf_t *conf = ngx_http_get_module_loc_conf(r, ngx_http_iamlet_module);
    if (!conf->enable) {
        return NGX_DECLINED;
    }
    const char *refused = NULL;
    gate_caller caller;
    gate_answer answer;
    if (gather(r, conf, &refused) != NGX_OK || know_caller(r, conf, &caller) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    if (refused != NULL) {
        gate_refuse(refused, &answer);
    } else {
        gate_decide(&conf->gate, &caller, &memory, &answer);
    }
    return answer.is_allowed ? NGX_OK : refuse(r, conf, caller.principal, &answer);
}

/*
 * The access handlers run from the last to the first. This one is put first, to run after those that find out who the
 * client is: auth_basic, auth_request and others.
 */
static ngx_int_t ngx_http_iamlet_init(ngx_conf_t *cf)
{
    const ngx_http_iamlet_main_conf_t *all = ngx_http_conf_get_module_main_conf(cf, ngx_http_iamlet_module);
    const ngx_http_iamlet_policies_t *each = all->policies.elts;
    for (ngx_uint_t i = 0; i < all->policies.nelts; i++) {
        if (!each[i].is_used) {
            ngx_conf_log_error(NGX_LOG_ERR, cf, 0, "iamlet: nothing is decided by %s and the policies beside it: where they "
                               "are, \"iamlet on\" is nowhere", policies_path(each[i].policies, 0));
        }
    }
    ngx_http_core_main_conf_t *core = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    ngx_array_t *handlers = &core->phases[NGX_HTTP_ACCESS_PHASE].handlers;
    if (ngx_array_push(handlers) == NULL) {
        return NGX_ERROR;
    }
    ngx_http_handler_pt *list = handlers->elts;
    ngx_memmove(list + 1, list, (handlers->nelts - 1) * sizeof *list);
    list[0] = ngx_http_iamlet_handler;
    return NGX_OK;
}

static ngx_http_module_t ngx_http_iamlet_context = {
    .postconfiguration = ngx_http_iamlet_init,
    .create_main_conf = ngx_http_iamlet_create_main_conf,
    .create_loc_conf = ngx_http_iamlet_create_conf,
    .merge_loc_conf = ngx_http_iamlet_merge_conf,
};

ngx_module_t ngx_http_iamlet_module = {
    NGX_MODULE_V1,
    &ngx_http_iamlet_context,
    ngx_http_iamlet_commands,
    NGX_HTTP_MODULE,
    NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    NGX_MODULE_V1_PADDING
};
