/*
 * The directives of the module, which gateways/nginx/README.md explains. A mistake in one stops nginx at its start and
 * at `nginx -t`, and leaves a running nginx with the configuration that it has.
 */
#include "ngx_http_iamlet_module.h"

static char *refuse_conf(ngx_conf_t *cf, const char *what)
{
    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "iamlet: %s", what);
    return NGX_CONF_ERROR;
}

static void free_policies(void *list)
{
    policies_free(list);
}

/* The policies of this level, to add to. */
static policies *own_policies(ngx_conf_t *cf, ngx_http_iamlet_conf_t *conf)
{
    if (!conf->has_own_policies) {
        ngx_pool_cleanup_t *cleanup = ngx_pool_cleanup_add(cf->pool, 0);
        conf->policies = cleanup == NULL ? NULL : policies_new();
        if (conf->policies == NULL) {
            return NULL;
        }
        cleanup->handler = free_policies;
        cleanup->data = conf->policies;
        conf->has_own_policies = 1;
    }
    return conf->policies;
}

/* Whether an argument is `name=value`, and its value. */
static bool has_name(ngx_str_t argument, const char *name, ngx_str_t *value)
{
    size_t len = ngx_strlen(name);
    if (argument.len <= len || ngx_strncmp(argument.data, name, len) != 0) {
        return false;
    }
    value->data = argument.data + len;
    value->len = argument.len - len;
    return true;
}

/* iamlet_policy KIND FILE [level=N] [principal=ARN] */
static char *set_policy(ngx_conf_t *cf, ngx_command_t *command, void *of)
{
    (void)command;
    ngx_http_iamlet_conf_t *conf = of;
    ngx_str_t *arguments = cf->args->elts;
    policy_file file = {.kind = ngx_http_iamlet_text(arguments[1])};
    char message[POLICY_MESSAGE_MAX];
    policies *policies = own_policies(cf, conf);
    /* This puts a NUL at the path's end. */
    if (policies == NULL || ngx_conf_full_name(cf->cycle, &arguments[2], 1) != NGX_OK) {
        return refuse_conf(cf, "out of memory");
    }
    file.path = (const char *)arguments[2].data;
    for (ngx_uint_t i = 3; i < cf->args->nelts; i++) {
        ngx_str_t value;
        if (has_name(arguments[i], "level=", &value)) {
            ngx_int_t level = ngx_atoi(value.data, value.len);
            if (level == NGX_ERROR) {
                return refuse_conf(cf, "the level is not a number");
            }
            file.level = level > 255 ? 255 : (uint32_t)level;
        } else if (has_name(arguments[i], "principal=", &value)) {
            file.principal = ngx_http_iamlet_text(value);
        } else {
            return refuse_conf(cf, "after kind and file come level= and principal=, or nothing");
        }
    }
    return policies_add(policies, &file, message) ? NGX_CONF_OK : refuse_conf(cf, message);
}

/* iamlet_absent LAYER... */
static char *set_absent(ngx_conf_t *cf, ngx_command_t *command, void *of)
{
    (void)command;
    ngx_str_t *arguments = cf->args->elts;
    policies *policies = own_policies(cf, of);
    if (policies == NULL) {
        return refuse_conf(cf, "out of memory");
    }
    for (ngx_uint_t i = 1; i < cf->args->nelts; i++) {
        if (!policies_declare_absent(policies, ngx_http_iamlet_text(arguments[i]))) {
            return refuse_conf(cf, "the layers are organization, or scp and rcp, resource, identity, boundary, session "
                                   "and endpoint");
        }
    }
    return NGX_CONF_OK;
}

static ngx_int_t compile_value(ngx_conf_t *cf, ngx_str_t *text, ngx_http_complex_value_t *value)
{
    ngx_http_compile_complex_value_t compile = {.cf = cf, .value = text, .complex_value = value};
    return ngx_http_compile_complex_value(&compile);
}

/*
 * The value that a directive's argument `at` has, and whether "verified" follows it: nginx cannot know whether a variable
 * was verified or is what the client says of itself, so the configuration has to say it.
 */
static char *compile_verified(ngx_conf_t *cf, ngx_uint_t at, bool must_be_verified, ngx_http_complex_value_t *value)
{
    ngx_str_t *arguments = cf->args->elts;
    bool is_verified = cf->args->nelts == at + 2;
    if (is_verified && ngx_strcmp(arguments[at + 1].data, "verified") != 0) {
        return refuse_conf(cf, "after the value comes \"verified\", or nothing");
    }
    if (compile_value(cf, &arguments[at], value) != NGX_OK) {
        return NGX_CONF_ERROR;
    }
    if (must_be_verified && value->lengths != NULL && !is_verified) {
        return refuse_conf(cf, "a value with variables may be what the client says of itself: where it was verified, as "
                               "by auth_basic, auth_request or ssl_verify_client, add \"verified\"");
    }
    return NGX_CONF_OK;
}

/* iamlet_principal VALUE [verified], iamlet_role VALUE [verified] */
static char *set_identity(ngx_conf_t *cf, ngx_command_t *command, void *of)
{
    ngx_http_complex_value_t **field = (ngx_http_complex_value_t **)((char *)of + command->offset);
    if (*field != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }
    *field = ngx_palloc(cf->pool, sizeof **field);
    return *field == NULL ? NGX_CONF_ERROR : compile_verified(cf, 1, true, *field);
}

/* Whether an iamlet_context gives a context key. */
static bool is_configured(const ngx_http_iamlet_conf_t *conf, iamlet_text key)
{
    const ngx_array_t *context = conf->context;
    if (context == NULL || context == NGX_CONF_UNSET_PTR) {
        return false;
    }
    const ngx_http_iamlet_context_t *given = context->elts;
    for (ngx_uint_t i = 0; i < context->nelts; i++) {
        if (text_equals_in_any_case(key, given[i].key.name)) {
            return true;
        }
    }
    return false;
}

/* iamlet_context KEY VALUE [verified] */
static char *set_context(ngx_conf_t *cf, ngx_command_t *command, void *of)
{
    (void)command;
    ngx_http_iamlet_conf_t *conf = of;
    ngx_str_t *arguments = cf->args->elts;
    iamlet_text name = ngx_http_iamlet_text(arguments[1]);
    if (gate_gives(&conf->gate, name)) {
        return refuse_conf(cf, "the module gives this context key itself");
    }
    if (is_configured(conf, name)) {
        return refuse_conf(cf, "a context key is given twice");
    }
    if (conf->context == NGX_CONF_UNSET_PTR) {
        conf->context = ngx_array_create(cf->pool, 4, sizeof(ngx_http_iamlet_context_t));
    }
    ngx_http_iamlet_context_t *new = conf->context == NULL ? NULL : ngx_array_push(conf->context);
    if (new == NULL) {
        return refuse_conf(cf, "out of memory");
    }
    if (iamlet_key_prepare(name, &new->key) != IAMLET_OK) {
        return refuse_conf(cf, "a context key has a name");
    }
    return compile_verified(cf, 2, gate_trusts(name), &new->value);
}

/* iamlet_s3 path_style [host=NAME...]|domain=NAME... [bucket=NAME...] [path=strict|raw|normalized] [plus=refused|literal|space] [bodies=unseen] */
static char *set_s3(ngx_conf_t *cf, ngx_command_t *command, void *of)
{
    (void)command;
    static const struct {
        const char *argument;
        s3_path path;
    } paths[] = {{"path=strict", S3_PATH_STRICT}, {"path=raw", S3_PATH_RAW}, {"path=normalized", S3_PATH_NORMALIZED}};
    static const struct {
        const char *argument;
        uri_plus plus;
    } pluses[] = {{"plus=refused", URI_PLUS_REFUSED}, {"plus=literal", URI_PLUS_LITERAL}, {"plus=space", URI_PLUS_SPACE}};
    ngx_http_iamlet_conf_t *conf = of;
    ngx_str_t *arguments = cf->args->elts;
    if (conf->s3 != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }
    s3_settings *s3 = ngx_pcalloc(cf->pool, sizeof *s3);
    if (s3 == NULL) {
        return refuse_conf(cf, "out of memory");
    }
    int path_count = 0;
    int plus_count = 0;
    for (ngx_uint_t i = 1; i < cf->args->nelts; i++) {
        const char *argument = (const char *)arguments[i].data;
        ngx_str_t value;
        bool is_known = true;
        if (ngx_strcmp(argument, "path_style") == 0) {
            s3->path_style = true;
        } else if (ngx_strcmp(argument, "bodies=unseen") == 0) {
            s3->bodies_unseen = true;
        } else {
            const char *refused = NULL;
            if (has_name(arguments[i], "domain=", &value)) {
                refused = s3_add_domain(s3, ngx_http_iamlet_text(value));
            } else if (has_name(arguments[i], "host=", &value)) {
                refused = s3_add_host(s3, ngx_http_iamlet_text(value));
            } else if (has_name(arguments[i], "bucket=", &value)) {
                refused = s3_add_bucket(s3, ngx_http_iamlet_text(value));
            } else {
                is_known = false;
            }
            if (refused != NULL) {
                return refuse_conf(cf, refused);
            }
            for (size_t j = 0; j < 3; j++) {
                if (ngx_strcmp(argument, paths[j].argument) == 0) {
                    s3->path = paths[j].path;
                    is_known = path_count++ == 0;
                } else if (ngx_strcmp(argument, pluses[j].argument) == 0) {
                    s3->plus = pluses[j].plus;
                    is_known = plus_count++ == 0;
                }
            }
        }
        if (!is_known) {
            return refuse_conf(cf, "iamlet_s3 takes path_style, host=, domain=, bucket=, one path=strict|raw|normalized, "
                                   "one plus=refused|literal|space and bodies=unseen");
        }
    }
    if (s3->path_style == (s3->domain_count != 0)) {
        return refuse_conf(cf, "iamlet_s3 takes either path_style, where the upstream does not look at the host, or the "
                               "domains below which it does");
    }
    if (!s3->path_style && s3->host_count != 0) {
        return refuse_conf(cf, "host= is for path_style: beside addresses, these hosts name no bucket");
    }
    s3_begin(s3);
    conf->s3 = s3;
    return NGX_CONF_OK;
}

#define EVERYWHERE NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF
#define FIELD(name) NGX_HTTP_LOC_CONF_OFFSET, offsetof(ngx_http_iamlet_conf_t, name), NULL

ngx_command_t ngx_http_iamlet_commands[] = {
    {ngx_string("iamlet"), EVERYWHERE | NGX_CONF_FLAG, ngx_conf_set_flag_slot, FIELD(enable)},
    {ngx_string("iamlet_policy"), EVERYWHERE | NGX_CONF_2MORE, set_policy, FIELD(policies)},
    {ngx_string("iamlet_absent"), EVERYWHERE | NGX_CONF_1MORE, set_absent, FIELD(policies)},
    {ngx_string("iamlet_principal"), EVERYWHERE | NGX_CONF_TAKE12, set_identity, FIELD(principal)},
    {ngx_string("iamlet_role"), EVERYWHERE | NGX_CONF_TAKE12, set_identity, FIELD(role)},
    {ngx_string("iamlet_account"), EVERYWHERE | NGX_CONF_TAKE1, ngx_http_set_complex_value_slot, FIELD(account)},
    {ngx_string("iamlet_s3"), EVERYWHERE | NGX_CONF_1MORE, set_s3, FIELD(s3)},
    {ngx_string("iamlet_action"), EVERYWHERE | NGX_CONF_TAKE1, ngx_http_set_complex_value_slot, FIELD(action)},
    {ngx_string("iamlet_resource"), EVERYWHERE | NGX_CONF_TAKE1, ngx_http_set_complex_value_slot, FIELD(resource)},
    {ngx_string("iamlet_context"), EVERYWHERE | NGX_CONF_TAKE23, set_context, FIELD(context)},
    {ngx_string("iamlet_reason_header"), EVERYWHERE | NGX_CONF_FLAG, ngx_conf_set_flag_slot, FIELD(reason_header)},
    ngx_null_command,
};

void *ngx_http_iamlet_create_main_conf(ngx_conf_t *cf)
{
    ngx_http_iamlet_main_conf_t *all = ngx_pcalloc(cf->pool, sizeof *all);
    if (all == NULL || ngx_array_init(&all->policies, cf->pool, 4, sizeof(ngx_http_iamlet_policies_t)) != NGX_OK) {
        return NULL;
    }
    return all;
}

void *ngx_http_iamlet_create_conf(ngx_conf_t *cf)
{
    ngx_http_iamlet_conf_t *conf = ngx_pcalloc(cf->pool, sizeof *conf);
    if (conf != NULL) {
        conf->enable = NGX_CONF_UNSET;
        conf->reason_header = NGX_CONF_UNSET;
        conf->principal = NGX_CONF_UNSET_PTR;
        conf->role = NGX_CONF_UNSET_PTR;
        conf->account = NGX_CONF_UNSET_PTR;
        conf->s3 = NGX_CONF_UNSET_PTR;
        conf->action = NGX_CONF_UNSET_PTR;
        conf->resource = NGX_CONF_UNSET_PTR;
        conf->context = NGX_CONF_UNSET_PTR;
        gate_begin(&conf->gate);
    }
    return conf;
}

/* Finishes the policies of a level, if it has any of its own; `above` is the level above, if there is one. */
static char *finish_policies(ngx_conf_t *cf, ngx_http_iamlet_conf_t *conf, const ngx_http_iamlet_conf_t *above)
{
    ngx_http_iamlet_main_conf_t *all = ngx_http_conf_get_module_main_conf(cf, ngx_http_iamlet_module);
    char message[POLICY_MESSAGE_MAX];
    if (!conf->has_own_policies || conf->finished) {
        return NGX_CONF_OK;
    }
    conf->finished = 1;
    ngx_http_iamlet_policies_t *own = ngx_array_push(&all->policies);
    if (own == NULL) {
        return refuse_conf(cf, "out of memory");
    }
    *own = (ngx_http_iamlet_policies_t){.policies = conf->policies};
    if (policies_finish(conf->policies, message)) {
        return NGX_CONF_OK;
    }
    if (above != NULL && above->policies != NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "iamlet: a level that has policies or iamlet_absent of its own has none of "
                           "those above");
    }
    return refuse_conf(cf, message);
}

/* A location where the module is on has to say all that a decision needs. */
static char *check_conf(ngx_conf_t *cf, const ngx_http_iamlet_conf_t *conf)
{
    const ngx_http_core_loc_conf_t *core = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    if (core->satisfy == NGX_HTTP_SATISFY_ANY) {
        return refuse_conf(cf, "with \"satisfy any\" other access rules would overrule a denial");
    }
    const char *missing = conf->policies == NULL    ? "it is on, and there is no iamlet_policy"
                          : conf->principal == NULL ? "it is on, and there is no iamlet_principal"
                          : conf->account == NULL   ? "it is on, and there is no iamlet_account"
                                                    : NULL;
    if (missing != NULL) {
        return refuse_conf(cf, missing);
    }
    ngx_str_t principal = conf->principal->value;
    if (conf->principal->lengths == NULL && principal.len != 0 &&
        iamlet_principal_type_of_arn((const char *)principal.data, principal.len) == 0) {
        return refuse_conf(cf, "iamlet_principal takes the ARN of a user, a session or a root user, or an empty value "
                               "for nobody");
    }
    iamlet_text account = ngx_http_iamlet_text(conf->account->value);
    if (conf->account->lengths == NULL && (account.len != 12 || !text_is_digits(account))) {
        return refuse_conf(cf, "iamlet_account takes the 12 digits of the account that owns the resources");
    }
    if ((conf->s3 != NULL) == (conf->action != NULL) || (conf->action != NULL) != (conf->resource != NULL)) {
        return refuse_conf(cf, "it is on, and has to have either iamlet_s3, or both iamlet_action and iamlet_resource");
    }
    const ngx_http_iamlet_context_t *given = conf->context == NULL ? NULL : conf->context->elts;
    for (ngx_uint_t i = 0; conf->s3 != NULL && given != NULL && i < conf->context->nelts; i++) {
        if (s3_gives(conf->s3, given[i].key.name)) {
            return refuse_conf(cf, "iamlet_s3 gives a context key that an iamlet_context gives");
        }
    }
    return NGX_CONF_OK;
}

static bool is_given(const void *of, iamlet_text key)
{
    const ngx_http_iamlet_conf_t *conf = of;
    return gate_gives(&conf->gate, key) || is_configured(conf, key) || (conf->s3 != NULL && s3_gives(conf->s3, key));
}

char *ngx_http_iamlet_merge_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_iamlet_conf_t *above = parent;
    ngx_http_iamlet_conf_t *conf = child;
    if (finish_policies(cf, above, NULL) != NGX_CONF_OK || finish_policies(cf, conf, above) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }
    if (!conf->has_own_policies) {
        conf->policies = above->policies;
    }
    /* A level that says how requests are mapped says all of it. */
    if (conf->s3 == NGX_CONF_UNSET_PTR && conf->action == NGX_CONF_UNSET_PTR && conf->resource == NGX_CONF_UNSET_PTR) {
        conf->s3 = above->s3;
        conf->action = above->action;
        conf->resource = above->resource;
    }
    ngx_conf_init_ptr_value(conf->s3, NULL);
    ngx_conf_init_ptr_value(conf->action, NULL);
    ngx_conf_init_ptr_value(conf->resource, NULL);
    ngx_conf_merge_value(conf->enable, above->enable, 0);
    ngx_conf_merge_value(conf->reason_header, above->reason_header, 1);
    ngx_conf_merge_ptr_value(conf->principal, above->principal, NULL);
    ngx_conf_merge_ptr_value(conf->role, above->role, NULL);
    ngx_conf_merge_ptr_value(conf->account, above->account, NULL);
    ngx_conf_merge_ptr_value(conf->context, above->context, NULL);
    conf->gate.policies = conf->policies;
    if (!conf->enable) {
        return NGX_CONF_OK;
    }
    ngx_http_iamlet_main_conf_t *all = ngx_http_conf_get_module_main_conf(cf, ngx_http_iamlet_module);
    ngx_http_iamlet_policies_t *list = all->policies.elts;
    for (ngx_uint_t i = 0; i < all->policies.nelts; i++) {
        list[i].is_used = list[i].is_used || list[i].policies == conf->policies;
    }
    if (check_conf(cf, conf) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }
    char line[GATE_WARNING_MAX];
    for (size_t at = 0; gate_next_warning(&conf->gate, &at, is_given, conf, line);) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0, "%s", line);
    }
    return NGX_CONF_OK;
}
