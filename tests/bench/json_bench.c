/* Measures the speed of the JSON scanner, on each of its paths, and of yajl without callbacks. This
 * is a benchmark and not a test: build it with -O2 and run it alone. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <yajl/yajl_parse.h>

#include "bff/base/check.h"
#include "bff/json/json_scan.h"
#include "bff/json/json_scan_path.h"

#define TEXT_MAX (80 * 1024)

struct sample {
    char at[TEXT_MAX];
    size_t len;
};

static uint32_t seed = 1;

static uint32_t pick(uint32_t below)
{
    seed = seed * 1664525 + 1013904223;
    return (uint32_t)(((uint64_t)(seed >> 8) * below) >> 24);
}

__attribute__((format(printf, 2, 3))) static void add(struct sample *to, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int len = vsnprintf(to->at + to->len, TEXT_MAX - to->len, format, args);
    va_end(args);
    must(len >= 0 && (size_t)len < TEXT_MAX - to->len);
    to->len += (size_t)len;
}

static const char *const words[] = {"lamp",
                                    "a small wooden table",
                                    "Z\303\274rich",
                                    "blue",
                                    "ships within two days",
                                    "n/a",
                                    "He said \\\"no\\\"",
                                    "x"};

static const char *word(void) { return words[pick(8)]; }

static void add_product(struct sample *to, bool is_indented)
{
    const char *line = is_indented ? "\n    " : "", *colon = is_indented ? ": " : ":";

    add(to, "{%s\"id\"%s\"p%u\",%s\"name\"%s\"%s %s\",", line, colon, pick(100000), line, colon,
        word(), word());
    add(to, "%s\"price\"%s%u.%02u,%s\"stock\"%s%u,", line, colon, pick(500), pick(100), line, colon,
        pick(1000));
    if (pick(2) != 0)
        add(to, "%s\"salePrice\"%s%u,", line, colon, pick(500));
    add(to, "%s\"tags\"%s[\"%s\",%s\"%s\"],", line, colon, word(), is_indented ? " " : "", word());
    add(to, "%s\"active\"%s%s,", line, colon, pick(3) != 0 ? "true" : "false");
    add(to, "%s\"description\"%s\"%s, %s, %s, %s\",", line, colon, word(), word(), word(), word());
    add(to, "%s\"image\"%snull%s}", line, colon, is_indented ? "\n  " : "");
}

/* A page of products, of about ${size} bytes. */
static struct sample *sample_new(size_t size, bool is_indented)
{
    struct sample *sample = calloc(1, sizeof(*sample));

    must(sample != NULL);
    add(sample, is_indented ? "{\n  \"items\": [" : "{\"items\":[");
    add_product(sample, is_indented);
    while (sample->len + 150 < size) {
        add(sample, is_indented ? ",\n  " : ",");
        add_product(sample, is_indented);
    }
    add(sample, is_indented ? "\n  ],\n  \"total\": 3\n}\n" : "],\"total\":3}");
    return sample;
}

static void scan_once(const struct sample *sample)
{
    struct json_scan scan;

    json_scan_init(&scan, 128, true);
    must(json_scan_more(&scan, sample->at, sample->len) == 0);
    must(json_scan_end(&scan, sample->at, sample->len) == 0);
    json_scan_free(&scan);
}

static void yajl_once(const struct sample *sample)
{
    yajl_handle parser = yajl_alloc(NULL, NULL, NULL);

    must(yajl_parse(parser, (const unsigned char *)sample->at, sample->len) == yajl_status_ok);
    must(yajl_complete_parse(parser) == yajl_status_ok);
    yajl_free(parser);
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* The best of some runs, in megabytes a second. */
static double speed(void (*once)(const struct sample *sample), const struct sample *sample)
{
    size_t times = 4000000 / sample->len;
    double best = 0;

    for (int run = 0; run < 15; run++) {
        double begin = now();
        for (size_t i = 0; i < times; i++)
            once(sample);
        double found = (double)(times * sample->len) / (now() - begin) / 1e6;
        best = found > best ? found : best;
    }
    return best;
}

static void compare(size_t size, bool is_indented)
{
    static const char *const names[] = {"portable", "sse2", "avx2", "avx512"};
    struct sample *sample = sample_new(size, is_indented);
    double yajl = speed(yajl_once, sample);

    printf("%6zu bytes, %-8s  yajl %5.0f MB/s", sample->len, is_indented ? "indented" : "compact",
           yajl);
    for (int path = JSON_SCAN_BY_WORDS; path <= JSON_SCAN_BY_AVX512; path++) {
        if (!json_scan_use((enum json_scan_path)path))
            continue;
        double ours = speed(scan_once, sample);
        printf("   %s %5.0f MB/s (%4.1fx)", names[path], ours, ours / yajl);
    }
    printf("\n");
    free(sample);
}

int main(void)
{
    static const size_t sizes[] = {300, 4096, 65536};

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        compare(sizes[i], false);
        compare(sizes[i], true);
    }
    return 0;
}
