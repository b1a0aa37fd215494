/* Every document of invalid.jsonl: accepted, or refused with the right code at the right place. */
#include "test.h"

struct document_case {
    const char *id;
    iamlet_text json;
    uint32_t kind, flags, quota_bytes;
    const char *code; /* empty for a document that is accepted */
    iamlet_text pointer;
    uint32_t offset; /* UINT32_MAX where the case does not say */
};

#include "documents.inc"

static _Alignas(IAMLET_SCRATCH_ALIGN) uint8_t scratch[IAMLET_SCRATCH_LARGE];
static const size_t CLASSES[] = {IAMLET_SCRATCH_SMALL, IAMLET_SCRATCH_MEDIUM, IAMLET_SCRATCH_LARGE};
static uint8_t image[1 << 20];

/* The line and column of a byte, counted the slow way. */
static void check_place(iamlet_text json, const iamlet_error *error)
{
    uint32_t line = 1, column = 1;
    for (size_t i = 0; i < error->offset && i < json.len; i++) {
        if (json.data[i] == '\n') {
            line++;
            column = 1;
        } else if (((unsigned char)json.data[i] & 0xC0) != 0x80) {
            column++;
        }
    }
    expect(error->line == line && error->column == column, "%u:%u, not %u:%u", (unsigned)error->line,
           (unsigned)error->column, (unsigned)line, (unsigned)column);
}

static void check_refusal(const struct document_case *want, const iamlet_error *error)
{
    iamlet_text code = iamlet_fault_code(error->fault);
    expect(text_equals(code, want->code), "%.*s, not %s", PRINTED(code), want->code);
    expect(want->offset == UINT32_MAX || error->offset == want->offset, "byte %u, not %u",
           (unsigned)error->offset, (unsigned)want->offset);
    check_place(want->json, error);

    char pointer[1024];
    size_t len, size;
    iamlet_status status = iamlet_error_pointer(want->json.data, want->json.len, error, pointer, sizeof pointer, &len);
    expect(status == IAMLET_OK, "iamlet_error_pointer returns %d", (int)status);
    expect(len == want->pointer.len && memcmp(pointer, want->pointer.data, len) == 0, "at `%.*s`, not `%.*s`",
           (int)len, pointer, PRINTED(want->pointer));
    status = iamlet_error_pointer(want->json.data, want->json.len, error, NULL, 0, &size);
    expect(status == (len == 0 ? IAMLET_OK : IAMLET_BUFFER_TOO_SMALL) && size == len,
           "iamlet_error_pointer asks for %zu bytes and takes %zu", size, len);

    char line[256];
    status = iamlet_error_format(IAMLET_TEXT("p.json"), error, line, sizeof line, &len);
    char start[64];
    int start_len = snprintf(start, sizeof start, "p.json:%u:%u: %s", (unsigned)error->line,
                             (unsigned)error->column, want->code);
    expect(status == IAMLET_OK && len > (size_t)start_len && memcmp(line, start, (size_t)start_len) == 0,
           "iamlet_error_format writes `%.*s`", (int)len, line);
}

static void test_document(const struct document_case *want)
{
    const iamlet_compile_options options = {sizeof options, want->flags, want->quota_bytes};
    iamlet_status status = IAMLET_OK;
    iamlet_error error;
    size_t used;
    /* As much scratch memory as the document takes, and no more. */
    for (size_t i = 0; i < sizeof CLASSES / sizeof *CLASSES; i++) {
        status = iamlet_policy_compile(want->json.data, want->json.len, want->kind, &options, scratch, CLASSES[i],
                                       image, sizeof image, &used, &error);
        if (status != IAMLET_DOCUMENT_REFUSED || error.fault != IAMLET_FAULT_CAPACITY) {
            break;
        }
    }
    int refused = want->code[0] != '\0';
    expect(status == (refused ? IAMLET_DOCUMENT_REFUSED : IAMLET_OK), "iamlet_policy_compile returns %d", (int)status);
    if (status == IAMLET_DOCUMENT_REFUSED && refused) {
        expect(used == 0, "%zu bytes of a document that is refused", used);
        check_refusal(want, &error);
    }
    if (status == IAMLET_OK) {
        iamlet_policy_info info;
        status = iamlet_policy_open(image, used, &info);
        expect(status == IAMLET_OK && info.kind == want->kind, "the image opens with status %d as kind %u",
               (int)status, (unsigned)info.kind);
        expect(error.fault == 0 && error.line == 0, "an error beside a success");
    }
}

void test_documents(void)
{
    for (size_t i = 0; i < sizeof DOCUMENTS / sizeof *DOCUMENTS; i++) {
        begin(DOCUMENTS[i].id);
        test_document(&DOCUMENTS[i]);
        end();
    }
}
