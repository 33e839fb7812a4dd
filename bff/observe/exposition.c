/* See exposition.h. */
#include <string.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/observe/exposition.h"

#define PIECE_BYTES ((size_t)64 * 1024)
#define NUMBER_BYTES ((size_t)32) /* room for a number, and the few bytes around it */
#define SECOND_DIGITS 9

/* Pieces. */

static void keep_piece(struct exposition *out)
{
    if (out->count > 0)
        out->pieces[out->count - 1].len = (size_t)(out->at - out->pieces[out->count - 1].at);
}

static void add_piece(struct exposition *out, size_t bytes)
{
    struct text *grown;

    keep_piece(out);
    if (out->count == out->capacity) {
        out->capacity = out->capacity == 0 ? 16 : 2 * out->capacity;
        grown = pool_take(out->pool, out->capacity * sizeof(*grown));
        if (out->count > 0)
            memcpy(grown, out->pieces, out->count * sizeof(*grown));
        out->pieces = grown;
    }
    out->at = pool_take(out->pool, bytes);
    out->end = out->at + bytes;
    out->pieces[out->count++] = (struct text){out->at, 0};
}

/* Makes room for ${bytes} that are contiguous. */
static void reserve(struct exposition *out, size_t bytes)
{
    if ((size_t)(out->end - out->at) < bytes)
        add_piece(out, bytes > PIECE_BYTES ? bytes : PIECE_BYTES);
}

static void put(struct exposition *out, struct text text)
{
    if (text.len > 0)
        memcpy(out->at, text.at, text.len);
    out->at += text.len;
}

static void put_char(struct exposition *out, char c) { *out->at++ = c; }

static void put_number(struct exposition *out, uint64_t number)
{
    char digits[TEXT_DIGITS];

    put(out, text_digits(digits, number));
}

static void put_seconds(struct exposition *out, uint64_t ns)
{
    uint64_t rest = ns % CLOCK_S;

    put_number(out, ns / CLOCK_S);
    put_char(out, '.');
    for (int i = SECOND_DIGITS - 1; i >= 0; i--) {
        out->at[i] = (char)('0' + rest % 10);
        rest /= 10;
    }
    out->at += SECOND_DIGITS;
}

void exposition_begin(struct exposition *out, struct pool *pool, enum exposition_format format)
{
    *out = (struct exposition){
        .pool = pool,
        .format = format,
        .wall_ns = clock_wall_ms() * CLOCK_MS,
        .now_ns = clock_now_ns(),
    };
    add_piece(out, PIECE_BYTES);
}

void exposition_end(struct exposition *out)
{
    reserve(out, sizeof("# EOF\n"));
    if (out->format == EXPOSITION_OPENMETRICS)
        put(out, TEXT("# EOF\n"));
    keep_piece(out);
}

/* Families. */

static const char *const types[] = {
    [EXPOSITION_COUNTER] = "counter",
    [EXPOSITION_GAUGE] = "gauge",
    [EXPOSITION_HISTOGRAM] = "histogram",
};

static void put_about(struct exposition *out, const char *what, struct text name, const char *words)
{
    struct text about = text_of(words);

    reserve(out, name.len + about.len + NUMBER_BYTES);
    put(out, TEXT("# "));
    put(out, text_of(what));
    put_char(out, ' ');
    put(out, name);
    put_char(out, ' ');
    put(out, about);
    put_char(out, '\n');
}

static bool has_total(const struct exposition *out) { return out->type == EXPOSITION_COUNTER; }

void exposition_family(struct exposition *out, const char *name, enum exposition_type type,
                       const char *unit, const char *help)
{
    bool is_open = out->format == EXPOSITION_OPENMETRICS;
    struct text full = text_of(name);

    out->family = name;
    out->type = type;
    if (has_total(out) && !is_open)
        full = pool_print(out->pool, "%s_total", name);
    put_about(out, "HELP", full, help);
    put_about(out, "TYPE", full, types[type]);
    if (unit != NULL && is_open)
        put_about(out, "UNIT", full, unit);
}

/* Samples. */

/* Writes the name and the labels of a sample, without the end of the labels, and returns whether
 * there is one of them. */
static bool put_name(struct exposition *out, const char *end, struct text labels)
{
    struct text family = text_of(out->family), ending = text_of(end);

    reserve(out, family.len + ending.len + labels.len + 2 * NUMBER_BYTES);
    put(out, family);
    put(out, ending);
    if (labels.len == 0)
        return false;
    put_char(out, '{');
    put(out, labels);
    return true;
}

static void put_value_of(struct exposition *out, const char *end, struct text labels)
{
    if (put_name(out, end, labels))
        put_char(out, '}');
    put_char(out, ' ');
}

static const char *ending_of(const struct exposition *out)
{
    must(out->type != EXPOSITION_HISTOGRAM);
    return has_total(out) ? "_total" : "";
}

void exposition_sample(struct exposition *out, struct text labels, uint64_t value)
{
    put_value_of(out, ending_of(out), labels);
    put_number(out, value);
    put_char(out, '\n');
}

void exposition_seconds(struct exposition *out, struct text labels, uint64_t ns)
{
    put_value_of(out, ending_of(out), labels);
    put_seconds(out, ns);
    put_char(out, '\n');
}

/* Histograms. */

#define EXEMPLAR_BYTES (TRACEPARENT_TRACE_DIGITS + 3 * NUMBER_BYTES)

static void put_exemplar(struct exposition *out, const struct histogram_sum *sum, unsigned bucket)
{
    uint64_t at_ns = sum->exemplars[bucket].at_ns;
    struct text trace = {sum->exemplars[bucket].trace, TRACEPARENT_TRACE_DIGITS};

    if (at_ns == 0 || out->format != EXPOSITION_OPENMETRICS)
        return;
    reserve(out, EXEMPLAR_BYTES);
    put(out, TEXT(" # {trace_id=\""));
    put(out, trace);
    put(out, TEXT("\"} "));
    put_seconds(out, sum->exemplars[bucket].took_ns);
    put_char(out, ' ');
    put_seconds(out, (uint64_t)(out->wall_ns - (out->now_ns - (int64_t)at_ns)));
}

/* The exemplar begins in the same piece, because a piece may end anywhere. */
static void put_bucket(struct exposition *out, struct text labels, unsigned bucket, uint64_t value)
{
    put_char(out, put_name(out, "_bucket", labels) ? ',' : '{');
    put(out, TEXT("le=\""));
    put(out, histogram_bounds[bucket]);
    put(out, TEXT("\"} "));
    put_number(out, value);
}

void exposition_histogram(struct exposition *out, struct text labels,
                          const struct histogram_sum *sum)
{
    uint64_t count = 0;

    must(out->type == EXPOSITION_HISTOGRAM);
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
        count += sum->buckets[i];
        put_bucket(out, labels, i, count);
        put_exemplar(out, sum, i);
        put_char(out, '\n');
    }
    put_value_of(out, "_sum", labels);
    put_seconds(out, sum->sum_ns);
    put_char(out, '\n');
    put_value_of(out, "_count", labels);
    put_number(out, count);
    put_char(out, '\n');
}

/* Labels. */

static size_t escaped_bytes(struct text value)
{
    size_t bytes = value.len;

    for (size_t i = 0; i < value.len; i++)
        bytes += value.at[i] == '\\' || value.at[i] == '"' || value.at[i] == '\n';
    return bytes;
}

static char *escape(char *at, struct text value)
{
    for (size_t i = 0; i < value.len; i++) {
        char c = value.at[i];
        if (c == '\\' || c == '"' || c == '\n')
            *at++ = '\\';
        *at++ = c;
        if (c == '\n')
            at[-1] = 'n';
    }
    return at;
}

static char *copy(char *at, struct text text)
{
    if (text.len > 0)
        memcpy(at, text.at, text.len);
    return at + text.len;
}

struct text exposition_label(struct pool *pool, struct text labels, const char *name,
                             struct text value)
{
    struct text label = text_of(name);

    if (value.at == NULL)
        return labels;
    char *first = pool_take(pool, labels.len + label.len + escaped_bytes(value) + 4), *at = first;
    at = copy(at, labels);
    if (labels.len > 0)
        *at++ = ',';
    at = copy(at, label);
    *at++ = '=';
    *at++ = '"';
    at = escape(at, value);
    *at++ = '"';
    return (struct text){first, (size_t)(at - first)};
}
