/*
 * The part of Envoy's interface for dynamic modules, version v0.2.0, that an HTTP filter of this kind needs: what Envoy
 * offers to a module, and what a module has to have. Envoy's own header is source/extensions/dynamic_modules/abi/abi.h
 * in its repository; the names are those that the loader looks for.
 */
#ifndef ENVOY_DYNAMIC_MODULE_H
#define ENVOY_DYNAMIC_MODULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ENVOY_ABI_VERSION "v0.2.0"

/* Bytes: of Envoy, valid until the call returns that got them, or of the module. */
typedef struct envoy_bytes {
    const char *data;
    size_t len;
} envoy_bytes;

typedef struct envoy_header {
    const char *name;
    size_t name_len;
    const char *value;
    size_t value_len;
} envoy_header;

/* Envoy's objects: a filter's configuration, and a filter of one stream. */
typedef void *envoy_config;
typedef void *envoy_stream;

enum envoy_header_type { ENVOY_REQUEST_HEADERS = 0 };
enum envoy_metadata_source { ENVOY_DYNAMIC_METADATA = 0 };
enum envoy_attribute { ENVOY_SOURCE_ADDRESS = 24, ENVOY_TLS_VERSION = 31 };
enum envoy_log_level { ENVOY_LOG_INFO = 2, ENVOY_LOG_WARN = 3, ENVOY_LOG_ERROR = 4 };
enum envoy_headers_status { ENVOY_CONTINUE = 0, ENVOY_STOP = 1 };
/* Of functions that define or change metrics. */
enum envoy_metric_result { ENVOY_METRIC_OK = 0 };

void envoy_dynamic_module_callback_log(int level, envoy_bytes message);
bool envoy_dynamic_module_callback_log_enabled(int level);
int envoy_dynamic_module_callback_http_filter_config_define_counter(envoy_config config, envoy_bytes name,
                                                                    envoy_bytes *labels, size_t label_count, size_t *id);
int envoy_dynamic_module_callback_http_filter_increment_counter(envoy_stream stream, size_t id, envoy_bytes *labels,
                                                                size_t label_count, uint64_t by);
size_t envoy_dynamic_module_callback_http_get_headers_size(envoy_stream stream, int type);
bool envoy_dynamic_module_callback_http_get_headers(envoy_stream stream, int type, envoy_header *headers);
bool envoy_dynamic_module_callback_http_filter_get_attribute_string(envoy_stream stream, int attribute,
                                                                    envoy_bytes *value);
/* The address at the other end of the connection, whatever headers say. */
bool envoy_dynamic_module_callback_http_get_downstream_direct_remote_address(envoy_stream stream, envoy_bytes *address);
bool envoy_dynamic_module_callback_http_get_metadata_string(envoy_stream stream, int source, envoy_bytes name_space,
                                                            envoy_bytes key, envoy_bytes *value);
void envoy_dynamic_module_callback_http_send_response(envoy_stream stream, uint32_t status, envoy_header *headers,
                                                      size_t header_count, envoy_bytes body, envoy_bytes details);

#endif
