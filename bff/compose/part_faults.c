/* See part_faults.h. */
#include <string.h>

#include "bff/base/text_builder.h"
#include "bff/compose/part_faults.h"
#include "bff/compose/types_fates.h"

#define PREFIX TEXT("part:")
#define WORD_SHOWN 32
#define STATUS_MIN 300
#define STATUS_MAX 599

/* A clause that is being read. */
struct reading {
    struct pool *pool;
    const struct plan *plan;
    struct run_fault *fault;
    bool has_fate, has_brackets;
    const char *wrong; /* NULL: nothing yet */
};

/* Mistakes. */

/* Only harmless bytes of ${word} are repeated in a message. */
static struct text shown(struct pool *pool, struct text word)
{
    size_t len = word.len < WORD_SHOWN ? word.len : WORD_SHOWN;
    char *out = pool_take(pool, len + 1);

    for (size_t i = 0; i < len; i++) {
        char byte = word.at[i];
        bool is_harmless = byte > ' ' && byte <= '~' && byte != '"' && byte != '\\';
        out[i] = is_harmless ? byte : '?';
    }
    return (struct text){out, len};
}

static bool fail(struct reading *reading, struct text word, const char *what)
{
    struct text text = shown(reading->pool, word);

    reading->wrong = pool_print(reading->pool, "X-Mock: '%.*s' %s", TEXT_ARGS(text), what).at;
    return false;
}

static bool fail_name(struct reading *reading, struct text name)
{
    struct text_builder out;

    text_builder_init(&out, reading->pool, 256);
    text_builder_add(&out, TEXT("is no part of this page; it has "));
    for (size_t i = 0; i < reading->plan->part_count; i++) {
        text_builder_add(&out, i == 0 ? TEXT("") : TEXT(", "));
        text_builder_add(&out, reading->plan->parts[i].name);
    }
    text_builder_add(&out, (struct text){"", 1});
    return fail(reading, name, text_builder_text(&out).at);
}

/* Words. */

static bool set_fate(struct reading *reading, struct text word, enum run_fault_kind kind,
                     enum reason reason)
{
    if (reading->has_fate)
        return fail(reading, word, "contradicts an earlier word");
    reading->has_fate = true;
    reading->fault->kind = kind;
    reading->fault->reason = reason;
    return true;
}

/* Returns the reason of this name; REASON_NONE: there is none that a word can ask for. */
static enum reason reason_of(struct text word)
{
    for (enum reason reason = REASON_TIMEOUT; reason < REASON_BODY; reason++)
        if (reason != REASON_STATUS && text_is(word, reason_name(reason)))
            return reason;
    return REASON_NONE;
}

static bool read_duration(struct text value, uint32_t *ms)
{
    uint64_t number, unit = 1;

    if (value.len < 2 || value.at[value.len - 1] != 's')
        return false;
    value.len--;
    if (value.at[value.len - 1] == 'm')
        value.len--;
    else
        unit = 1000;
    if (text_number(value, PART_FAULTS_DELAY_MAX_MS / unit, &number) != 0 || number == 0)
        return false;
    *ms = (uint32_t)(number * unit);
    return true;
}

static bool read_delay(struct reading *reading, struct text word, struct text value)
{
    if (reading->fault->delay_ms != 0)
        return fail(reading, word, "is a second delay");
    if (read_duration(value, &reading->fault->delay_ms))
        return true;
    return fail(reading, word, "is no delay; write delay=500ms or delay=2s, 600s at most");
}

static bool read_status(struct reading *reading, struct text word, struct text value)
{
    uint64_t number;

    if (text_number(value, STATUS_MAX, &number) != 0 || number < STATUS_MIN)
        return fail(reading, word, "is no status of a failure, from 300 to 599");
    reading->fault->status = (int)number;
    return set_fate(reading, word, RUN_FAULT_SETTLED, REASON_STATUS);
}

static bool read_word(struct reading *reading, struct text word)
{
    struct text value = word, name = text_cut(&value, '=');
    enum reason reason = reason_of(word);

    if (value.at != NULL && text_is(name, "delay"))
        return read_delay(reading, word, value);
    if (value.at != NULL && text_is(name, "status"))
        return read_status(reading, word, value);
    if (text_is(word, "hang"))
        return set_fate(reading, word, RUN_FAULT_HANGS, REASON_NONE);
    if (reason == REASON_UNKNOWN && !reading->plan->parts[reading->fault->part].changes)
        return fail(reading, word, "is only for a part that changes data");
    if (reason != REASON_NONE)
        return set_fate(reading, word, RUN_FAULT_SETTLED, reason);
    return fail(reading, word,
                "is no word for a part; known are timeout, connect, reset, status=503, too_large, "
                "bad_json, bad_http, breaker_open, limited, skipped, forbidden, unknown, hang, "
                "delay=300ms");
}

/* Parts. */

static bool is_list(const struct reading *reading)
{
    return reading->plan->parts[reading->fault->part].row->many > 0;
}

/* Reads what is between the brackets. */
static bool read_place(struct reading *reading, struct text name, struct text place)
{
    uint64_t number = 0;

    reading->has_brackets = true;
    if (!is_list(reading))
        return fail(reading, name, "is no list part, so it has no items");
    if (place.len == 0 || place.at[place.len - 1] != ']')
        return fail(reading, name, "has no ']' at its end");
    place.len--;
    if (place.len > 0 && text_number(place, BFF_MANY_MAX, &number) != 0)
        return fail(reading, name, "names no item; items are counted from 0");
    reading->fault->item = place.len == 0 ? RUN_FAULT_EACH : (int)number;
    return true;
}

static bool read_name(struct reading *reading, struct text word)
{
    struct text rest = word, name = text_cut(&rest, '[');
    int place = plan_part(reading->plan, name);

    if (place < 0)
        return fail_name(reading, name);
    reading->fault->part = (unsigned)place;
    reading->fault->item = is_list(reading) ? RUN_FAULT_EACH : 0;
    return rest.at == NULL || read_place(reading, word, rest);
}

/* The whole list is rejected before a call is made, so a delay has no meaning for it. */
static bool is_whole(const struct reading *reading)
{
    const struct run_fault *fault = reading->fault;

    return !reading->has_brackets && fault->kind == RUN_FAULT_SETTLED && fault->delay_ms == 0 &&
           is_list(reading) &&
           (types_fates_failure(reading->plan, fault->part) & (1u << fault->reason)) != 0;
}

static struct text next_word(struct text *rest)
{
    struct text word = text_cut(rest, ' ');

    *rest = text_trim(*rest);
    return word;
}

/* Reads a clause after "part:". */
static bool read_clause(struct reading *reading, struct text clause)
{
    struct text name = next_word(&clause);

    if (!read_name(reading, name))
        return false;
    if (clause.len == 0)
        return fail(reading, name, "has no word; it needs one, such as timeout or status=503");
    while (clause.len > 0)
        if (!read_word(reading, next_word(&clause)))
            return false;
    if (is_whole(reading))
        reading->fault->item = RUN_FAULT_WHOLE;
    return true;
}

/* The whole. */

static struct text next_clause(struct text *header)
{
    size_t len = 0;

    while (len < header->len && header->at[len] != ';' && header->at[len] != ',')
        len++;
    struct text clause = {header->at, len};
    *header = len == header->len ? (struct text){0} : text_after(*header, len + 1);
    return text_trim(clause);
}

static bool is_twice(const struct run_fault *first, const struct run_fault *fault)
{
    for (const struct run_fault *at = first; at != NULL; at = at->next)
        if (at->part == fault->part && at->item == fault->item)
            return true;
    return false;
}

/* Returns NULL, or a sentence about a mistake. */
static const char *take_part(struct pool *pool, const struct plan *plan, struct text clause,
                             struct part_faults *out)
{
    struct run_fault *fault = pool_zero(pool, sizeof(*fault));
    struct reading reading = {.pool = pool, .plan = plan, .fault = fault};

    if (!read_clause(&reading, clause))
        return reading.wrong;
    if (is_twice(out->first, fault))
        fail(&reading, plan->parts[fault->part].name, "has a second clause");
    fault->next = (struct run_fault *)out->first;
    out->first = fault;
    return reading.wrong;
}

const char *part_faults_read(struct pool *pool, const struct plan *plan, struct text header,
                             struct part_faults *out)
{
    struct text_builder rest;
    const char *wrong = NULL;

    *out = (struct part_faults){.rest = header};
    if (header.at == NULL || memmem(header.at, header.len, "part:", 5) == NULL)
        return NULL;
    text_builder_init(&rest, pool, header.len);
    while (header.at != NULL && wrong == NULL) {
        struct text clause = next_clause(&header);
        if (text_starts(clause, PREFIX)) {
            wrong = take_part(pool, plan, text_after(clause, PREFIX.len), out);
        } else if (clause.len > 0) {
            text_builder_add(&rest, rest.len == 0 ? TEXT("") : TEXT("; "));
            text_builder_add(&rest, clause);
        }
    }
    out->rest = rest.len == 0 ? (struct text){0} : text_builder_text(&rest);
    return wrong;
}

/* Returns true when the header has a clause of part ${place}: it is among those from ${first} on.
 */
static bool has_clause(const struct run_fault *first, int place)
{
    for (const struct run_fault *at = first; at != NULL; at = at->next)
        if ((int)at->part == place)
            return true;
    return false;
}

const char *part_faults_add(struct pool *pool, const struct plan *plan, struct text scenario,
                            struct part_faults *out)
{
    const struct run_fault *of_header = out->first;
    const char *wrong = NULL;

    while (scenario.at != NULL && wrong == NULL) {
        struct text clause = next_clause(&scenario), rest, name;
        if (!text_starts(clause, PREFIX))
            continue;
        rest = clause = text_after(clause, PREFIX.len);
        name = next_word(&rest);
        int place = plan_part(plan, text_cut(&name, '['));
        if (place >= 0 && !has_clause(of_header, place))
            wrong = take_part(pool, plan, clause, out);
    }
    return wrong;
}
