#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/services/body.h"

#define ROOM (80 * 1024)

const char *const body_service_names[BODY_SERVICES] = {
    "users", "products", "orders", "reviews", "inventory", "recommendations", "notifications"};

static const char *const size_names[BODY_SIZES] = {"small", "medium", "large", "twenty"};
static const size_t size_bytes[BODY_SIZES] = {300, 4096, 65536, 20480};

static struct body lists[BODY_SERVICES][BODY_SIZES];
static struct body records[BODY_SERVICES][BODY_SIZES];

static unsigned seed = 1;

static unsigned pick(unsigned below)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % below;
}

static const char *word(void)
{
    static const char *const words[] = {
        "lamp",     "oak table", "Z\303\274rich", "blue",      "quiet", "he said \\\"yes\\\"",
        "two days", "small",     "caf\303\251",   "n\\u00b0 5"};

    return words[pick(sizeof(words) / sizeof(words[0]))];
}

__attribute__((format(printf, 2, 3))) static void add(struct body *to, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int len = vsnprintf(to->at + to->len, ROOM - to->len, format, args);
    va_end(args);
    if (len < 0 || (size_t)len >= ROOM - to->len)
        abort();
    to->len += (size_t)len;
}

/* The rows of lists; a record has some of them, too, as what it has grown to. */

static void add_visit(struct body *to)
{
    add(to, "{\"at\":\"2026-0%u-1%uT09:%02u:00Z\",\"page\":\"/%s\",\"seconds\":%u}", 1 + pick(9),
        pick(10), pick(60), pick(2) != 0 ? "cart" : "search", pick(900));
}

static void add_detail(struct body *to)
{
    add(to, "{\"name\":\"%s\",\"value\":\"%s, %s\",\"shown\":%s}", word(), word(), word(),
        pick(2) != 0 ? "true" : "false");
}

static void add_order(struct body *to)
{
    add(to,
        "{\"id\":\"o%u\",\"status\":\"%s\",\"total\":%u.%02u,\"currency\":\"EUR\","
        "\"createdAt\":\"2026-0%u-1%uT09:%02u:00.000Z\"}",
        pick(100000), pick(2) != 0 ? "shipped" : "paid", 10 + pick(500), pick(100), 1 + pick(9),
        pick(10), pick(60));
}

static void add_review(struct body *to)
{
    add(to, "{\"id\":\"r%u\",\"rating\":%u,\"author\":\"%s\",\"text\":\"%s, %s and %s\"}",
        pick(100000), 3 + pick(3), word(), word(), word(), word());
}

static void add_warehouse(struct body *to)
{
    add(to, "{\"name\":\"%s\",\"shelf\":%u,\"quantity\":%u,\"restock\":null}", word(), pick(400),
        pick(90));
}

static void add_recommendation(struct body *to)
{
    add(to, "{\"productId\":\"p%u\",\"name\":\"%s\",\"score\":0.%04u,\"price\":%u.%02u}",
        pick(10000), word(), pick(10000), 5 + pick(90), pick(100));
}

static void add_notification(struct body *to)
{
    add(to, "{\"id\":\"n%u\",\"type\":\"order\",\"message\":\"Order %u is %s\",\"read\":false}",
        pick(100000), pick(100000), pick(2) != 0 ? "on its way" : "ready");
}

static void (*const add_row[BODY_SERVICES])(struct body *to) = {
    [USERS] = add_visit,
    [PRODUCTS] = add_detail,
    [ORDERS] = add_order,
    [REVIEWS] = add_review,
    [INVENTORY] = add_warehouse,
    [RECOMMENDATIONS] = add_recommendation,
    [NOTIFICATIONS] = add_notification,
};

/* Rows until the whole has about ${until} bytes, but one at least. */
static void add_rows(struct body *to, enum body_service service, size_t until)
{
    add(to, "[");
    do {
        add_row[service](to);
        add(to, ",");
    } while (to->len + 60 < until);
    to->at[to->len - 1] = ']';
}

/* What a record has before its rows. ${size} is the name that ids of this size have. */
static void add_members(struct body *to, enum body_service service, const char *size)
{
    if (service == USERS)
        add(to, ",\"name\":\"Zo\303\253 Martin\",\"email\":\"zoe@mail.example\",\"role\":"
                "\"customer\",\"address\":{\"street\":\"12 rue des \\u00c9coles\",\"city\":"
                "\"Lyon\",\"zip\":\"69001\"},\"visits\":");
    else if (service == PRODUCTS)
        add(to, ",\"name\":\"Pack \\\"X\\\"\",\"price\":79.50,\"salePrice\":59.25,"
                "\"description\":\"32 litres, with a rain cover, in blue and in oak.\",\"sku\":"
                "\"X-32\",\"details\":");
    else if (service == ORDERS)
        add(to,
            ",\"userId\":\"%s\",\"status\":\"paid\",\"total\":159.00,\"items\":["
            "{\"productId\":\"%s-1\",\"quantity\":1},{\"productId\":\"%s-2\",\"quantity\":2},"
            "{\"productId\":\"%s-3\",\"quantity\":1}],\"before\":",
            size, size, size, size);
    else
        add(to, ",\"productId\":\"%s\",\"quantity\":12,\"warehouses\":", size);
}

static struct body body_new(void)
{
    struct body body = {.at = malloc(ROOM)};

    if (body.at == NULL)
        abort();
    return body;
}

void body_make_all(void)
{
    for (unsigned service = 0; service < BODY_SERVICES; service++) {
        for (unsigned size = 0; size < BODY_SIZES; size++) {
            struct body *list = &lists[service][size], *record = &records[service][size];

            *list = body_new();
            add_rows(list, service, size_bytes[size]);
            *record = body_new();
            add_members(record, service, size_names[size]);
            add_rows(record, service, size_bytes[size] - 20);
            add(record, "}");
        }
    }
}

struct body body_list(enum body_service service, enum body_size size)
{
    return lists[service][size];
}

struct body body_record(enum body_service service, enum body_size size)
{
    return records[service][size];
}
