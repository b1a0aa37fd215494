/*
 * What the directives of the module say of a location.
 */
#ifndef NGX_HTTP_IAMLET_MODULE_H
#define NGX_HTTP_IAMLET_MODULE_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "gate.h"

/* A context key that the configuration gives. */
typedef struct {
    iamlet_key key;
    ngx_http_complex_value_t value;
} ngx_http_iamlet_context_t;

typedef struct {
    ngx_flag_t enable;
    ngx_flag_t reason_header;
    /* Policies of this level's own, or those of the level above. */
    policies *policies;
    unsigned has_own_policies : 1;
    unsigned finished : 1;
    ngx_http_complex_value_t *principal;
    ngx_http_complex_value_t *role;
    ngx_http_complex_value_t *account;
    /* Either an S3-shaped mapping, or an action and a resource. */
    s3_settings *s3;
    ngx_http_complex_value_t *action;
    ngx_http_complex_value_t *resource;
    /* Of ngx_http_iamlet_context_t; NULL for none. */
    ngx_array_t *context;
    gate gate;
} ngx_http_iamlet_conf_t;

/* Policies of some level. */
typedef struct {
    const policies *policies;
    /* Somewhere requests are decided by them. */
    bool is_used;
} ngx_http_iamlet_policies_t;

/* What all of the configuration says. */
typedef struct {
    /* Of ngx_http_iamlet_policies_t. */
    ngx_array_t policies;
} ngx_http_iamlet_main_conf_t;

extern ngx_module_t ngx_http_iamlet_module;
extern ngx_command_t ngx_http_iamlet_commands[];

void *ngx_http_iamlet_create_main_conf(ngx_conf_t *cf);
void *ngx_http_iamlet_create_conf(ngx_conf_t *cf);
char *ngx_http_iamlet_merge_conf(ngx_conf_t *cf, void *parent, void *child);

static inline iamlet_text ngx_http_iamlet_text(ngx_str_t string)
{
    return (iamlet_text){(const char *)string.data, string.len};
}

#endif
