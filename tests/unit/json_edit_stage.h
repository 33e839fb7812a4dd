/* Edits texts that are cut into pieces, for tests of bff/json/json_edit.h. */
#ifndef TESTS_UNIT_JSON_EDIT_STAGE_H
#define TESTS_UNIT_JSON_EDIT_STAGE_H

#include "bff/base/text_builder.h"
#include "bff/json/json_edit.h"

#define EDIT_DEPTH 128

struct edited {
    struct json_edit edit;
    struct text_builder out; /* in a pool */
    int result;
};

static inline void edited_out(void *cookie, struct text bytes)
{
    text_builder_add(&((struct edited *)cookie)->out, bytes);
}

static inline void edited_begin(struct edited *edited, const struct json_edit_rules *rules)
{
    edited->out.len = 0;
    edited->result = 0;
    json_edit_init(&edited->edit, rules, EDIT_DEPTH, edited_out, edited);
}

static inline void edited_more(struct edited *edited, const char *at, size_t len)
{
    /* A copy of just this size, so that the sanitizer sees a byte too many that is read. */
    struct text_builder copy = {0};

    text_builder_add(&copy, (struct text){at, len});
    if (edited->result == 0)
        edited->result = json_edit_more(&edited->edit, text_builder_text(&copy));
    text_builder_free(&copy);
}

static inline void edited_end(struct edited *edited)
{
    if (edited->result == 0)
        edited->result = json_edit_end(&edited->edit);
}

#endif
