/*
 * Every decision of vectors.jsonl, four times: from one policy set, from a
 * policy set per layer, in a batch with all other requests of the same
 * policies, and, where a request has several resources, from the decisions
 * about each of them.
 */
#include "cases.h"
#include "test.h"

enum { MAX_POLICIES = 32, MAX_CASES = 64, MAX_ITEMS = 4, LAYERS = IAMLET_LAYER_ENDPOINT };

#include "decisions.inc"

/* A request and its items, prepared. */
struct prepared {
    iamlet_status status;
    buffer request, items[MAX_ITEMS];
    size_t item_count;
};

/* Compiles the policies of a group; false if one is refused. */
static int compile_group(const struct group *group, iamlet_set_policy *list)
{
    static _Alignas(IAMLET_SCRATCH_ALIGN) uint8_t scratch[IAMLET_SCRATCH_LARGE];
    const iamlet_compile_options options = {sizeof options, group->compile_flags, 0};
    int valid = !group->without_levels;
    for (size_t i = 0; i < group->policy_count; i++) {
        const struct policy *policy = &group->policies[i];
        size_t room = 2 * policy->json.len + 256;
        uint8_t *image = allocate(room);
        size_t used;
        iamlet_status status = iamlet_policy_compile(policy->json.data, policy->json.len, policy->kind, &options,
                                                     scratch, sizeof scratch, image, room, &used, NULL);
        valid = valid && status == IAMLET_OK;
        list[i] = (iamlet_set_policy){image, used, 100 + i, policy->layer, policy->level};
    }
    return valid;
}

static struct prepared prepare_case(const struct decision_case *want)
{
    struct prepared prepared = {.item_count = want->item_count};
    iamlet_request request = want->request;
    /* A malformed request may have no size. Its memory goes into the batch even so, to be refused there. */
    size_t size;
    iamlet_status status = iamlet_request_size(&request, &size);
    expect(status == IAMLET_OK || size == 0, "a size of a malformed request");
    size_t room = size == 0 ? 1024 : size;
    prepared.request.data = allocate(room);
    memset(prepared.request.data, 0xA5, room);
    prepared.status = iamlet_request_prepare(&request, prepared.request.data, room, &prepared.request.len);
    expect(status == IAMLET_OK || prepared.status == status, "iamlet_request_size returns %d, and preparing %d",
           (int)status, (int)prepared.status);
    expect(prepared.request.len <= room, "%zu bytes of %zu", prepared.request.len, room);
    if (prepared.status != IAMLET_OK) {
        prepared.request.len = room;
    }
    for (size_t i = 0; i < want->item_count && prepared.status == IAMLET_OK; i++) {
        prepared.status = iamlet_item_size(&want->items[i], &size);
        prepared.items[i].data = allocate(size);
        if (prepared.status == IAMLET_OK) {
            prepared.status = iamlet_item_prepare(prepared.request.data, prepared.request.len, &want->items[i],
                                                  prepared.items[i].data, size, &prepared.items[i].len);
        }
    }
    return prepared;
}

static iamlet_batch_entry entry_of(const struct prepared *prepared, size_t item)
{
    iamlet_batch_entry entry = {.request = prepared->request.data, .request_len = prepared->request.len};
    if (item < prepared->item_count) {
        entry.item = prepared->items[item].data;
        entry.item_len = prepared->items[item].len;
    }
    return entry;
}

static iamlet_decision decide(const iamlet_set *sets, size_t set_count, const struct prepared *prepared)
{
    iamlet_decision decision;
    iamlet_status status;
    if (prepared->item_count == 0) {
        status = iamlet_decide(sets, set_count, prepared->request.data, prepared->request.len, &decision);
    } else {
        iamlet_batch_entry items[MAX_ITEMS];
        for (size_t i = 0; i < prepared->item_count; i++) {
            items[i] = entry_of(prepared, i);
        }
        status = iamlet_decide_resources(sets, set_count, prepared->request.data, prepared->request.len, items,
                                         prepared->item_count, &decision);
    }
    expect((uint32_t)status == decision.status, "it returns %d and stores %u", (int)status, (unsigned)decision.status);
    expect(status == IAMLET_OK || decision.effect == IAMLET_IMPLICIT_DENY, "it does not deny without a decision");
    return decision;
}

/* Whether two decisions are one. The numbers of sets and policies are those of the sets, which may differ. */
static int same(const iamlet_decision *a, const iamlet_decision *b, int same_sets)
{
    return a->effect == b->effect && a->reason == b->reason && a->status == b->status && a->layer == b->layer &&
           a->level == b->level && a->statement == b->statement && a->tag == b->tag && a->sid.len == b->sid.len &&
           (a->sid.len == 0 || memcmp(a->sid.data, b->sid.data, a->sid.len) == 0) &&
           (!same_sets || (a->set == b->set && a->policy == b->policy && a->sid.data == b->sid.data));
}

/* The decision about several resources, out of those about each. */
static iamlet_decision combine(const iamlet_decision *each, size_t count)
{
    size_t made_by = 0;
    for (size_t i = 0; i < count; i++) {
        if (each[i].status != IAMLET_OK) { /* all of it is an error, which names no item */
            iamlet_decision none = each[i];
            none.item = 0;
            return none;
        }
        int denies = each[i].effect != IAMLET_ALLOW && each[made_by].effect == IAMLET_ALLOW;
        int explicitly = each[i].effect == IAMLET_EXPLICIT_DENY && each[made_by].effect != IAMLET_EXPLICIT_DENY;
        if (denies || explicitly) {
            made_by = i;
        }
    }
    iamlet_decision decision = each[made_by];
    decision.item = (uint32_t)made_by;
    return decision;
}

/* One policy set for each layer. */
static size_t split(const struct group *group, const iamlet_set_policy *list, iamlet_set *sets)
{
    size_t set_count = 0;
    for (uint32_t layer = IAMLET_LAYER_SCP; layer <= LAYERS; layer++) {
        iamlet_set_policy own[MAX_POLICIES];
        size_t count = 0;
        for (size_t i = 0; i < group->policy_count; i++) {
            if (list[i].layer == layer) {
                own[count++] = list[i];
            }
        }
        uint32_t scp_levels = layer == IAMLET_LAYER_SCP ? group->scp_levels : 0;
        uint32_t rcp_levels = layer == IAMLET_LAYER_RCP ? group->rcp_levels : 0;
        if (count != 0 || scp_levels != 0 || rcp_levels != 0) {
            sets[set_count++] = open_set(build_set(own, count, scp_levels, rcp_levels));
        }
    }
    return set_count;
}

static void decide_group(const struct group *group, const iamlet_set_policy *list)
{
    buffer bytes = build_set(list, group->policy_count, group->scp_levels, group->rcp_levels);
    iamlet_set set = open_set(bytes), layers[LAYERS];
    size_t layer_count = split(group, list, layers);

    struct prepared prepared[MAX_CASES];
    iamlet_decision single[MAX_CASES], batch[MAX_CASES * MAX_ITEMS];
    iamlet_batch_entry entries[MAX_CASES * MAX_ITEMS];
    size_t entry_count = 0;
    for (size_t i = 0; i < group->case_count; i++) {
        const struct decision_case *want = &group->cases[i];
        begin(want->id);
        prepared[i] = prepare_case(want);
        single[i] = decide(&set, 1, &prepared[i]);
        expect(prepared[i].status == IAMLET_OK || single[i].status != IAMLET_OK, "a malformed request is decided");
        expect(prepared[i].status != IAMLET_OK || single[i].status == IAMLET_OK, "no decision: %u",
               (unsigned)single[i].status);
        iamlet_text effect = iamlet_effect_text(single[i].effect);
        expect(text_equals(effect, want->expect), "%.*s, not %s", PRINTED(effect), want->expect);
        iamlet_decision by_layer = decide(layers, layer_count, &prepared[i]);
        expect(same(&single[i], &by_layer, 0), "a policy set per layer decides otherwise: %u",
               (unsigned)by_layer.effect);
        end();
        for (size_t item = 0; item == 0 || item < want->item_count; item++) {
            entries[entry_count++] = entry_of(&prepared[i], item);
        }
    }

    char id[64];
    snprintf(id, sizeof id, "batch from %s on", group->cases[0].id);
    begin(id);
    iamlet_status first = IAMLET_OK, status = iamlet_decide_batch(&set, 1, entries, entry_count, batch);
    const iamlet_decision *answer = batch;
    for (size_t i = 0; i < group->case_count; i++) {
        const struct decision_case *want = &group->cases[i];
        size_t count = want->item_count == 0 ? 1 : want->item_count;
        iamlet_decision combined = combine(answer, count);
        expect(same(&single[i], &combined, 1) && single[i].item == combined.item,
               "%s is decided otherwise: %u", want->id, (unsigned)combined.effect);
        for (size_t item = 0; item < count; item++, answer++) {
            first = first == IAMLET_OK ? (iamlet_status)answer->status : first;
        }
    }
    expect(status == first, "it returns %d, not %d", (int)status, (int)first);
    end();
    for (size_t i = 0; i < group->case_count; i++) {
        release(prepared[i].request);
        for (size_t item = 0; item < prepared[i].item_count; item++) {
            release(prepared[i].items[item]);
        }
    }
    for (size_t i = 0; i < layer_count; i++) {
        release((buffer){(uint8_t *)layers[i].data, layers[i].len});
    }
    release(bytes);
}

void test_decisions(void)
{
    for (size_t i = 0; i < sizeof GROUPS / sizeof *GROUPS; i++) {
        const struct group *group = &GROUPS[i];
        iamlet_set_policy list[MAX_POLICIES];
        if (compile_group(group, list)) {
            decide_group(group, list);
        } else {
            for (size_t j = 0; j < group->case_count; j++) {
                begin(group->cases[j].id);
                expect(strcmp(group->cases[j].expect, "invalid_policy") == 0, "a policy is refused");
                end();
            }
        }
        for (size_t j = 0; j < group->policy_count; j++) {
            release((buffer){(uint8_t *)list[j].image, list[j].image_len});
        }
    }
}
