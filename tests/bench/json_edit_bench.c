/* Measures how fast rules change JSON, beside the scanner alone and a copy of the bytes. This is a
 * benchmark and not a test: build it with -O2 and run it alone. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bff/base/check.h"
#include "bff/base/text_builder.h"
#include "bff/json/json_edit.h"

#define PIECE ((size_t)16 * 1024) /* as bytes come from a service */
#define ITEMS 2000
#define RUNS 15

struct bench {
    struct pool *pool;
    struct text text;
    struct json_edit_rules rules;
    struct json_edit *edit;
    char *copy;
    size_t copied;
};

static void put(void *cookie, struct text bytes)
{
    struct bench *bench = cookie;

    memcpy(bench->copy + bench->copied, bytes.at, bytes.len);
    bench->copied += bytes.len;
}

static void copy_once(struct bench *bench)
{
    bench->copied = 0;
    for (size_t at = 0; at < bench->text.len; at += PIECE)
        put(bench, (struct text){bench->text.at + at,
                                 bench->text.len - at < PIECE ? bench->text.len - at : PIECE});
}

static void scan_once(struct bench *bench)
{
    struct json_scan scan;

    json_scan_init(&scan, 128, false);
    must(json_scan_end(&scan, bench->text.at, bench->text.len) == 0);
}

static void edit_once(struct bench *bench)
{
    bench->copied = 0;
    json_edit_init(bench->edit, &bench->rules, 128, put, bench);
    for (size_t at = 0; at < bench->text.len; at += PIECE)
        must(json_edit_more(bench->edit,
                            (struct text){bench->text.at + at, bench->text.len - at < PIECE
                                                                   ? bench->text.len - at
                                                                   : PIECE}) == 0);
    must(json_edit_end(bench->edit) == 0);
}

/* Of the processor that this process had, so that other processes matter less. */
static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* The best of some runs, in megabytes of the text a second. */
static void measure(const char *what, void (*once)(struct bench *bench), struct bench *bench)
{
    double best = 0;

    for (int run = 0; run < RUNS; run++) {
        double begin = now();
        for (int i = 0; i < 10; i++)
            once(bench);
        double found = 10.0 * (double)bench->text.len / (now() - begin) / 1e6;
        best = found > best ? found : best;
    }
    printf("%-36s %6.0f MB/s\n", what, best);
}

static void measure_rules(const char *what, enum json_edit_action action, const char *paths,
                          struct bench *bench)
{
    json_edit_rules_init(&bench->rules, bench->pool);
    for (struct text rest = text_of(paths); rest.at != NULL;)
        must(json_edit_rules_add(&bench->rules, action, text_cut(&rest, ' '), TEXT("\"x\"")) ==
             NULL);
    measure(what, edit_once, bench);
}

static struct text products(struct pool *pool)
{
    struct text_builder out;

    text_builder_init(&out, pool, 1024);
    for (int i = 0; i < ITEMS; i++)
        text_builder_add(
            &out,
            pool_print(pool,
                       "%s{\"id\":\"p%d\",\"name\":\"A small wooden table\",\"price\":119.90,"
                       "\"description\":\"A table for two, made of oak. Ships within two days.\","
                       "\"tags\":[\"table\",\"oak\"],\"stock\":%d,\"cost\":60.10,"
                       "\"size\":{\"width\":80,\"height\":75,\"supplier\":\"s%d\"}}",
                       i == 0 ? "[" : ",", i, i % 100, i % 7));
    text_builder_add(&out, TEXT("]"));
    return text_builder_text(&out);
}

int main(void)
{
    struct bench bench = {.pool = pool_new()};

    bench.text = products(bench.pool);
    bench.edit = pool_take(bench.pool, sizeof(*bench.edit));
    bench.copy = pool_take(bench.pool, 2 * bench.text.len);
    printf("%zu bytes in pieces of %zu\n", bench.text.len, PIECE);
    measure("copied", copy_once, &bench);
    measure("scanned", scan_once, &bench);
    measure_rules("a rule that reaches nothing", JSON_EDIT_DENY, "none", &bench);
    measure_rules("deny one of eight members", JSON_EDIT_DENY, "[].cost", &bench);
    measure_rules("deny a member inside, too", JSON_EDIT_DENY, "[].cost [].size.supplier", &bench);
    measure_rules("allow three of eight members", JSON_EDIT_ALLOW, "[].id [].name [].price",
                  &bench);
    measure_rules("set one member", JSON_EDIT_SET, "[].currency", &bench);
    pool_free(bench.pool);
    return 0;
}
