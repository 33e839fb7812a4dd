/* Members that are the items of several lists. See answer_body.h. Each list is written as its
 * member would be. Then its brackets are cut off. */
#include "bff/compose/answer_body.h"

#define EXPECTED 512 /* bytes that are copied */

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

static struct text trim(struct text text, bool is_first, bool is_last)
{
    while (is_first && text.len > 0 && is_blank(text.at[0]))
        text = (struct text){text.at + 1, text.len - 1};
    while (is_last && text.len > 0 && is_blank(text.at[text.len - 1]))
        text.len--;
    return text;
}

/* Cuts the brackets off, and the blanks next to them. Returns false when nothing is left. */
static bool cut_brackets(struct pieces *list)
{
    struct text *first = &list->rows[0], *last = &list->rows[list->count - 1];
    bool has_any = false;

    *first = (struct text){first->at + 1, first->len - 1};
    last->len--;
    for (size_t i = 0; i < list->count; i++) {
        list->rows[i] = trim(list->rows[i], !has_any, i + 1 == list->count);
        has_any |= list->rows[i].len > 0;
    }
    return has_any;
}

void answer_body_concat(struct answer_body *body, size_t i)
{
    const struct plan_field *field = &body->run->request->plan->fields[i];
    bool has_any = false;

    answer_body_key(body, field->key);
    pieces_add(body->pieces, TEXT("["));
    for (size_t at = 0; at < field->of_count; at++) {
        struct pieces list;
        pieces_init(&list, body->run->request->pool, EXPECTED);
        answer_body_value(body, (size_t)field->of[at], &list);
        if (!cut_brackets(&list))
            continue;
        if (has_any)
            pieces_add(body->pieces, TEXT(","));
        for (size_t piece = 0; piece < list.count; piece++)
            pieces_add(body->pieces, list.rows[piece]);
        has_any = true;
    }
    pieces_add(body->pieces, TEXT("]"));
}
