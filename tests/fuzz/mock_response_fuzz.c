/*
 * Any bytes as the response of a real service: however they are cut, the reader finds the same
 * response, or a mistake. The first byte of the input says whether the request is HEAD (h).
 */
#include "fixtures/mock_response.h"

#include "tests/fuzz/chance.h"

#define TEXT_MOST 8192
#define EVERY_CUT_MOST 200 /* bytes */

struct sample {
    const char *bytes;
    bool is_head;
    struct mock_response want; /* what comes of all bytes at once */
};

static void check_fields(const struct mock_response *got, const struct mock_response *want)
{
    must(got->field_count == want->field_count);
    for (size_t i = 0; i < got->field_count; i++) {
        must(got->fields[i].name.len > 0);
        must(text_equal(got->fields[i].name, want->fields[i].name));
        must(text_equal(got->fields[i].value, want->fields[i].value));
    }
}

static void check_whole(const struct mock_response *got, const struct mock_response *want)
{
    must(got->fault == NULL && got->status == want->status);
    must(got->status >= 200 && got->status <= 599);
    must(text_equal(text_builder_text(&got->body), text_builder_text(&want->body)));
    check_fields(got, want);
}

static void check_cuts(void *cookie, const struct cuts *cuts)
{
    const struct sample *sample = cookie;
    struct mock_response got;

    mock_response_begin(&got, sample->is_head);
    for (size_t at = 0; at < cuts->len;) {
        size_t len = cuts_piece(cuts, at);
        char *piece = chance_copy(sample->bytes + at, len);
        mock_response_feed(&got, (struct text){piece, len});
        free(piece);
        at += len;
    }
    mock_response_end(&got);
    must(got.state == sample->want.state);
    must(mock_response_is_over(&got) && (got.state == MOCK_RESPONSE_BROKEN) == (got.fault != NULL));
    if (got.state == MOCK_RESPONSE_WHOLE)
        check_whole(&got, &sample->want);
    mock_response_free(&got);
    mock_response_free(&got);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > TEXT_MOST)
        return 0;
    size_t len = size - 1;
    char *bytes = chance_copy(data + 1, len);
    struct sample sample = {.bytes = bytes, .is_head = data[0] == 'h'};

    mock_response_begin(&sample.want, sample.is_head);
    mock_response_feed(&sample.want, (struct text){bytes, len});
    mock_response_end(&sample.want);
    cuts_each(len, EVERY_CUT_MOST, chance_of(bytes, len), check_cuts, &sample);
    mock_response_free(&sample.want);
    free(bytes);
    return 0;
}
