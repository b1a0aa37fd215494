/*
 * The C side of the Go package: the functions of iamlet.h that are given Go's memory, each as Go calls it.
 *
 * What a decision reads and writes has the layout of the structs of iamlet.h, with numbers in place of pointers. Go's
 * collector and cgo's checks do not follow numbers, so what they stand for is pinned by the caller (set.go, batch.go).
 *
 * With IAMLET_GO_COLLECT each call first runs Go's garbage collector, from inside the call (collect.go).
 */
#ifndef IAMLET_GO_CROSSING_H
#define IAMLET_GO_CROSSING_H

#include "iamlet.h"

typedef struct go_set {
    uintptr_t data;
    size_t len;
} go_set;

typedef struct go_entry {
    uintptr_t request;
    size_t request_len;
    uintptr_t item;
    size_t item_len;
    uintptr_t set; /* of a go_set */
} go_entry;

typedef struct go_decision {
    uint32_t effect, reason, status, layer, level, item, set, policy, statement, layers;
    uint64_t tag;
    uintptr_t sid;
    size_t sid_len;
    uint64_t needs;
} go_decision;

typedef struct go_source {
    uint64_t tag;
    uintptr_t name;
    size_t name_len;
    uintptr_t map;
    size_t map_len;
} go_source;

typedef struct go_explanation {
    uintptr_t sets; /* of go_set */
    size_t set_count;
    uintptr_t request;
    size_t request_len;
    uintptr_t item; /* of a go_entry */
    uintptr_t records;
    size_t count;
    uintptr_t sources; /* of go_source */
    size_t source_count;
} go_explanation;

typedef struct go_record_texts {
    uintptr_t sid;
    size_t sid_len;
    uintptr_t key;
    size_t key_len;
} go_record_texts;

#define SAME_SIZE(ours, theirs) _Static_assert(sizeof(ours) == sizeof(theirs), #ours " is not " #theirs)
#define SAME_PLACE(ours, member, theirs, their_member) \
    _Static_assert(offsetof(ours, member) == offsetof(theirs, their_member), #member " is elsewhere in " #theirs)
SAME_SIZE(go_set, iamlet_set);
SAME_PLACE(go_set, len, iamlet_set, len);
SAME_SIZE(go_entry, iamlet_batch_entry);
SAME_PLACE(go_entry, request_len, iamlet_batch_entry, request_len);
SAME_PLACE(go_entry, item, iamlet_batch_entry, item);
SAME_PLACE(go_entry, item_len, iamlet_batch_entry, item_len);
SAME_PLACE(go_entry, set, iamlet_batch_entry, set);
SAME_SIZE(go_decision, iamlet_decision);
SAME_PLACE(go_decision, reason, iamlet_decision, reason);
SAME_PLACE(go_decision, status, iamlet_decision, status);
SAME_PLACE(go_decision, layer, iamlet_decision, layer);
SAME_PLACE(go_decision, level, iamlet_decision, level);
SAME_PLACE(go_decision, item, iamlet_decision, item);
SAME_PLACE(go_decision, set, iamlet_decision, set);
SAME_PLACE(go_decision, policy, iamlet_decision, policy);
SAME_PLACE(go_decision, statement, iamlet_decision, statement);
SAME_PLACE(go_decision, layers, iamlet_decision, layers);
SAME_PLACE(go_decision, tag, iamlet_decision, tag);
SAME_PLACE(go_decision, sid, iamlet_decision, sid);
SAME_PLACE(go_decision, sid_len, iamlet_decision, sid.len);
SAME_PLACE(go_decision, needs, iamlet_decision, needs);
SAME_SIZE(go_source, iamlet_source);
SAME_PLACE(go_source, name, iamlet_source, name);
SAME_PLACE(go_source, name_len, iamlet_source, name.len);
SAME_PLACE(go_source, map, iamlet_source, map);
SAME_PLACE(go_source, map_len, iamlet_source, map_len);
SAME_SIZE(go_explanation, iamlet_explanation);
SAME_PLACE(go_explanation, set_count, iamlet_explanation, set_count);
SAME_PLACE(go_explanation, request, iamlet_explanation, request);
SAME_PLACE(go_explanation, request_len, iamlet_explanation, request_len);
SAME_PLACE(go_explanation, item, iamlet_explanation, item);
SAME_PLACE(go_explanation, records, iamlet_explanation, records);
SAME_PLACE(go_explanation, count, iamlet_explanation, count);
SAME_PLACE(go_explanation, sources, iamlet_explanation, sources);
SAME_PLACE(go_explanation, source_count, iamlet_explanation, source_count);
SAME_SIZE(go_record_texts, iamlet_record_texts);
SAME_PLACE(go_record_texts, sid_len, iamlet_record_texts, sid.len);
SAME_PLACE(go_record_texts, key, iamlet_record_texts, key);
SAME_PLACE(go_record_texts, key_len, iamlet_record_texts, key.len);

#ifdef IAMLET_GO_COLLECT
extern void iamletGoCollect(void);
#else
static inline void iamletGoCollect(void) {}
#endif

static inline uint32_t go_policy_compile(const char *json, size_t json_len, uint32_t kind,
                                         const iamlet_compile_options *options, uint64_t *scratch, size_t scratch_len,
                                         uint8_t *image, size_t image_len, size_t *used, iamlet_error *error)
{
    iamletGoCollect();
    return iamlet_policy_compile(json, json_len, kind, options, scratch, scratch_len, image, image_len, used, error);
}

static inline uint32_t go_policy_compile_mapped(const char *json, size_t json_len, uint32_t kind,
                                                const iamlet_compile_options *options, uint64_t *scratch,
                                                size_t scratch_len, uint8_t *image, size_t image_len, size_t *image_used,
                                                uint8_t *map, size_t map_len, size_t *map_used, iamlet_error *error)
{
    iamletGoCollect();
    return iamlet_policy_compile_mapped(json, json_len, kind, options, scratch, scratch_len, image, image_len,
                                        image_used, map, map_len, map_used, error);
}

static inline uint32_t go_policy_position(const uint8_t *map, size_t map_len, uint32_t statement,
                                          iamlet_position *position)
{
    iamletGoCollect();
    return iamlet_policy_position(map, map_len, statement, position);
}

static inline size_t go_map_room(size_t json_len)
{
    return IAMLET_MAP_ROOM(json_len);
}

static inline uint32_t go_kind_from_text(const char *name, size_t len)
{
    iamletGoCollect();
    return iamlet_kind_from_text((iamlet_text){name, len});
}

static inline uint32_t go_layer_from_text(const char *code, size_t len)
{
    iamletGoCollect();
    return iamlet_layer_from_text((iamlet_text){code, len});
}

static inline uint32_t go_policy_open(const uint8_t *image, size_t image_len, iamlet_policy_info *info)
{
    iamletGoCollect();
    return iamlet_policy_open(image, image_len, info);
}

static inline uint32_t go_policy_context_key(const uint8_t *image, size_t image_len, uint32_t number, size_t *start,
                                             size_t *len)
{
    iamletGoCollect();
    iamlet_text name;
    uint32_t status = iamlet_policy_context_key(image, image_len, number, &name);
    *start = status == IAMLET_OK ? (size_t)((const uint8_t *)name.data - image) : 0;
    *len = name.len;
    return status;
}

static inline uint32_t go_error_pointer(const char *json, size_t json_len, const iamlet_error *error, char *out,
                                        size_t out_len, size_t *used)
{
    iamletGoCollect();
    return iamlet_error_pointer(json, json_len, error, out, out_len, used);
}

static inline uint32_t go_error_explain(const char *json, size_t json_len, const iamlet_error *error, char *out,
                                        size_t out_len, size_t *used)
{
    iamletGoCollect();
    return iamlet_error_explain(json, json_len, error, out, out_len, used);
}

static inline uint32_t go_set_size(const iamlet_set_policy *policies, size_t count, uint32_t scp_levels,
                                   uint32_t rcp_levels, size_t *size, size_t *at_fault)
{
    iamletGoCollect();
    return iamlet_set_size(policies, count, scp_levels, rcp_levels, size, at_fault);
}

static inline uint32_t go_set_build(const iamlet_set_policy *policies, size_t count, uint32_t scp_levels,
                                    uint32_t rcp_levels, uint8_t *out, size_t out_len, size_t *used, size_t *at_fault)
{
    iamletGoCollect();
    return iamlet_set_build(policies, count, scp_levels, rcp_levels, out, out_len, used, at_fault);
}

static inline uint32_t go_set_open(const uint8_t *data, size_t len)
{
    iamlet_set set;
    iamletGoCollect();
    return iamlet_set_open(data, len, &set);
}

static inline uint32_t go_set_describe(const go_set *set, iamlet_set_info *info)
{
    iamletGoCollect();
    return iamlet_set_describe((const iamlet_set *)set, info);
}

static inline uint32_t go_set_assign_slots(uint8_t *set, size_t set_len, const uint8_t *data, size_t len)
{
    iamlet_dictionary dictionary = {data, len};
    iamletGoCollect();
    return iamlet_set_assign_slots(set, set_len, &dictionary);
}

/* Where a needed key's name is in the request, and its length; 0 after the last. */
static inline size_t go_request_needed_key(const uint8_t *request, size_t request_len, uint64_t needs, uint32_t number,
                                           size_t *at)
{
    iamletGoCollect();
    iamlet_text name;
    if (iamlet_request_needed_key(request, request_len, needs, number, &name) != IAMLET_OK) {
        return 0;
    }
    *at = (size_t)((const uint8_t *)name.data - request);
    return name.len;
}

static inline uint32_t go_key_prepare(const char *name, size_t len, uint32_t *hash, uint32_t *known)
{
    iamlet_key key;
    iamletGoCollect();
    uint32_t status = iamlet_key_prepare((iamlet_text){name, len}, &key);
    *hash = key.hash;
    *known = key.known;
    return status;
}

static inline uint32_t go_principal_type_of_arn(const char *arn, size_t len)
{
    iamletGoCollect();
    return iamlet_principal_type_of_arn(arn, len);
}

static inline uint32_t go_resource_kind_of(const char *action, size_t action_len, const char *arn, size_t len)
{
    iamletGoCollect();
    return iamlet_resource_kind_of(action, action_len, arn, len);
}

static inline uint32_t go_request_prepare(const uint8_t *request, uint8_t *memory, size_t memory_len, size_t *used)
{
    iamletGoCollect();
    return iamlet_request_prepare((const iamlet_request *)request, memory, memory_len, used);
}

static inline uint32_t go_item_prepare(const uint8_t *request, size_t request_len, const uint8_t *item, uint8_t *memory,
                                       size_t memory_len, size_t *used)
{
    iamletGoCollect();
    return iamlet_item_prepare(request, request_len, (const iamlet_request_item *)item, memory, memory_len, used);
}

static inline iamlet_text go_request_member(const uint8_t *request)
{
    return iamlet_request_member((const iamlet_request *)request);
}

static inline iamlet_text go_item_member(const uint8_t *item)
{
    return iamlet_item_member((const iamlet_request_item *)item);
}

static inline uint32_t go_dictionary_size(const uint8_t *names, size_t count, size_t *size, size_t *at_fault)
{
    iamletGoCollect();
    return iamlet_dictionary_size((const iamlet_text *)names, count, size, at_fault);
}

static inline uint32_t go_dictionary_build(const uint8_t *names, size_t count, uint8_t *out, size_t out_len,
                                           size_t *used, size_t *at_fault)
{
    iamletGoCollect();
    return iamlet_dictionary_build((const iamlet_text *)names, count, out, out_len, used, at_fault);
}

static inline uint32_t go_dictionary_open(const uint8_t *data, size_t len)
{
    iamlet_dictionary dictionary;
    iamletGoCollect();
    return iamlet_dictionary_open(data, len, &dictionary);
}

static inline uint32_t go_dictionary_describe(const uint8_t *data, size_t len, iamlet_dictionary_info *info)
{
    iamlet_dictionary dictionary = {data, len};
    iamletGoCollect();
    return iamlet_dictionary_describe(&dictionary, info);
}

static inline uint32_t go_dictionary_slot(const uint8_t *data, size_t len, const char *name, size_t name_len)
{
    iamlet_dictionary dictionary = {data, len};
    uint32_t slot;
    iamletGoCollect();
    return iamlet_dictionary_slot(&dictionary, name, name_len, &slot) == IAMLET_OK ? slot : IAMLET_NONE;
}

static inline uint32_t go_dictionary_key(const uint8_t *data, size_t len, uint32_t slot, size_t *start, size_t *size)
{
    iamlet_dictionary dictionary = {data, len};
    iamlet_text name;
    iamletGoCollect();
    uint32_t status = iamlet_dictionary_key(&dictionary, slot, &name);
    *start = status == IAMLET_OK ? (size_t)((const uint8_t *)name.data - data) : 0;
    *size = name.len;
    return status;
}

static inline uint32_t go_principal_size(const uint8_t *input, size_t *size)
{
    iamletGoCollect();
    return iamlet_principal_size((const iamlet_principal_input *)input, size);
}

static inline uint32_t go_principal_prepare(const uint8_t *input, uint8_t *memory, size_t memory_len, size_t *used)
{
    iamletGoCollect();
    return iamlet_principal_prepare((const iamlet_principal_input *)input, memory, memory_len, used);
}

static inline iamlet_text go_principal_member(const uint8_t *input)
{
    return iamlet_principal_member((const iamlet_principal_input *)input);
}

static inline uint32_t go_action_size(const char *action, size_t len, size_t *size)
{
    iamletGoCollect();
    return iamlet_action_size(action, len, size);
}

static inline uint32_t go_action_prepare(const char *action, size_t len, uint8_t *memory, size_t memory_len,
                                         size_t *used)
{
    iamletGoCollect();
    return iamlet_action_prepare(action, len, memory, memory_len, used);
}

static inline uint32_t go_request_assemble(const uint8_t *assembly, uint8_t *memory, size_t memory_len, size_t *used)
{
    iamletGoCollect();
    return iamlet_request_assemble((const iamlet_assembly *)assembly, memory, memory_len, used);
}

static inline iamlet_text go_assembly_member(const uint8_t *assembly)
{
    return iamlet_assembly_member((const iamlet_assembly *)assembly);
}

static inline void go_decide(const go_set *sets, size_t set_count, const uint8_t *request, size_t request_len,
                             go_decision *decision)
{
    iamletGoCollect();
    /* The decision has the status. */
    iamlet_status status =
        iamlet_decide((const iamlet_set *)sets, set_count, request, request_len, (iamlet_decision *)decision);
    (void)status;
}

static inline uint32_t go_decide_batch(const go_set *sets, size_t set_count, const go_entry *entries, size_t count,
                                       go_decision *decisions)
{
    iamletGoCollect();
    return iamlet_decide_batch((const iamlet_set *)sets, set_count, (const iamlet_batch_entry *)entries, count,
                               (iamlet_decision *)decisions);
}

static inline void go_decide_resources(const go_set *sets, size_t set_count, const uint8_t *request,
                                       size_t request_len, const go_entry *items, size_t count, go_decision *decision)
{
    iamletGoCollect();
    iamlet_status status = iamlet_decide_resources((const iamlet_set *)sets, set_count, request, request_len,
                                                   (const iamlet_batch_entry *)items, count,
                                                   (iamlet_decision *)decision);
    (void)status;
}

static inline uint32_t go_filter(const go_set *sets, size_t set_count, const uint8_t *request, size_t request_len,
                                 const go_entry *items, size_t count, uint8_t *allowed)
{
    iamletGoCollect();
    return iamlet_filter((const iamlet_set *)sets, set_count, request, request_len, (const iamlet_batch_entry *)items,
                         count, allowed, NULL);
}

/* The answer, the records and the texts of all of them in one crossing. Those texts lie in the sets. */
static inline uint32_t go_explain(const go_explanation *asked, go_decision *decision, iamlet_record *records,
                                  go_record_texts *texts, size_t room, size_t *count)
{
    iamletGoCollect();
    uint32_t status = iamlet_explain((const iamlet_set *)asked->sets, asked->set_count, (const void *)asked->request,
                                     asked->request_len, (const iamlet_batch_entry *)asked->item,
                                     (iamlet_decision *)decision, records, room, count);
    go_explanation explained = *asked;
    explained.records = (uintptr_t)records;
    explained.count = *count;
    for (size_t i = 0; status == IAMLET_OK && i < *count; i++) {
        /* Those of a record that has none, or of one that is refused, are empty. */
        iamlet_status found = iamlet_explain_record_texts((const iamlet_explanation *)&explained, i,
                                                          (iamlet_record_texts *)&texts[i]);
        (void)found;
    }
    return status;
}

typedef enum go_form { GO_TEXT, GO_JSON, GO_SIMULATION, GO_SENTENCE, GO_CLIENT_TEXT } go_form;

static inline uint32_t go_explain_write(go_form form, const go_explanation *explanation, char *out, size_t out_len,
                                        size_t *used)
{
    const iamlet_explanation *told = (const iamlet_explanation *)explanation;
    iamletGoCollect();
    switch (form) {
    case GO_TEXT:
        return iamlet_explain_text(told, out, out_len, used);
    case GO_JSON:
        return iamlet_explain_json(told, out, out_len, used);
    case GO_SIMULATION:
        return iamlet_explain_simulation(told, out, out_len, used);
    case GO_SENTENCE:
        return iamlet_explain_sentence(told, out, out_len, used);
    case GO_CLIENT_TEXT:
        return iamlet_explain_client_text(told, out, out_len, used);
    }
    *used = 0;
    return IAMLET_UNKNOWN_VALUE;
}

#endif
