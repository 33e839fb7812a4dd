/*
 * Tests of answers that are sent as their parts settle. Random pages with random faults: the
 * messages, merged as docs/streaming.md says, are the JSON answer, byte for byte. STREAM_PAGES is
 * the number of pages.
 */
#include <stdlib.h>

#include "bff/base/random.h"
#include "bff/compose/answer_lines.h"
#include "bff/compose/run_tell.h"

#include "tests/flow/flow.h"
#include "tests/flow/streamed_rows.h"

#define PAGES 300
#define MESSAGES_MAX 64
#define TEXT_BYTES ((size_t)64 * 1024)

static struct random dice;

static bool happens(uint32_t percent) { return random_below(&dice, 100) < percent; }

/* A random page. */

static struct {
    struct bff_part parts[FLOW_COUNT(rows)];
    struct bff_field fields[FLOW_COUNT(field_rows)];
    struct bff_composite composite;
    char script[8 * 1024];
    size_t script_len;
} page;

static bool has_part(struct text name)
{
    for (size_t i = 0; i < page.composite.parts.count; i++)
        if (text_is(name, page.parts[i].name))
            return true;
    return false;
}

static bool has_parts(const char *names)
{
    struct text rest = text_of(names);
    bool has_all = true;

    while (rest.at != NULL)
        has_all = has_part(text_cut(&rest, ' ')) && has_all;
    return has_all;
}

/* A part that nothing reads must not be hidden. */
static void show_unread(void)
{
    bool is_read = false;

    for (size_t i = 0; i < page.composite.fields.count; i++)
        is_read = is_read || strstr(page.fields[i].of, "hidden") != NULL;
    for (size_t i = 0; i < page.composite.parts.count; i++)
        if (!is_read && page.parts[i].place == BFF_HIDDEN)
            page.parts[i].place = BFF_MEMBER;
}

static void choose_rows(void)
{
    struct bff_composite *composite = &page.composite;

    *composite = (struct bff_composite){.route = "GET /page/:id",
                                        .failure = "Failed",
                                        .access = BFF_PUBLIC,
                                        .budget_ms = 300,
                                        .is_stamped = happens(50),
                                        .parts = {page.parts, 0},
                                        .fields = {page.fields, 0}};
    for (size_t i = 0; i < FLOW_COUNT(rows); i++)
        if (happens(60) && (rows[i].after == NULL || has_part(text_of(rows[i].after))))
            page.parts[composite->parts.count++] = rows[i];
    if (composite->parts.count == 0)
        page.parts[composite->parts.count++] = rows[0];
    for (size_t i = 0; i < FLOW_COUNT(field_rows); i++)
        if (happens(70) && has_parts(field_rows[i].of))
            page.fields[composite->fields.count++] = field_rows[i];
    if (composite->fields.count == 0)
        composite->fields.rows = NULL;
    show_unread();
    item_count = random_below(&dice, 5); /* 4 are too many */
}

/* The script. */

static const char *const outcomes[] = {
    "{\"id\":1,\"name\":{\"first\":\"A\",\"last\":\"B\"},\"x\":[1,2],\"y\":{\"z\":1.10}}",
    "{ \"name\" : \"n\" , \"x\":1, \"p\" : \"\\u00e9\", \"sum\":0 }",
    "[ {\"id\":1,\"name\":2}, {\"name\":[]} ]",
    "[]",
    "[1,{}]",
    "{}",
    "null",
    "7",
    "status 404",
    "status 503",
    "empty",
    "204",
    "hang",
    "reset",
    "bad_http",
};

#define AN_OBJECT 0
#define A_LIST 2

/* Most answers are what the part needs. */
static void add_line(const char *target, bool is_list)
{
    size_t good = is_list ? A_LIST : AN_OBJECT;
    const char *outcome = outcomes[happens(70) ? good : random_below(&dice, FLOW_COUNT(outcomes))];
    int len =
        snprintf(page.script + page.script_len, sizeof(page.script) - page.script_len, "%s%s %u %s",
                 page.script_len == 0 ? "" : "; ", target, random_below(&dice, 350), outcome);

    page.script_len += (size_t)len;
    assert_true(page.script_len < sizeof(page.script));
}

static void write_script(void)
{
    static const char *const ids[] = {"", "/1", "/none"};

    page.script_len = 0;
    add_line("/even", false);
    add_line("/odd", false);
    for (int i = 0; i < (int)FLOW_COUNT(rows); i++)
        for (size_t id = 0; id < FLOW_COUNT(ids); id++) {
            char target[32];
            snprintf(target, sizeof(target), "/p/%d%s", i, ids[id]);
            add_line(target, page.parts[i].kind == BFF_LIST);
        }
}

/* A client that gets the messages. It is slow now and then, so messages come later than they
 * could. */

static struct {
    struct answer_member *members; /* NULL: the head has not come */
    size_t member_count;
    bool is_sent[MESSAGES_MAX];
    struct text messages[MESSAGES_MAX];
    size_t count, before_the_end;
} client;

static void take(struct pieces *pieces)
{
    char *text = pool_take(flow.pool, pieces->bytes);
    size_t len = 0;

    for (size_t i = 0; i < pieces->count; i++) {
        memcpy(text + len, pieces->rows[i].at, pieces->rows[i].len);
        len += pieces->rows[i].len;
    }
    assert_true(client.count < MESSAGES_MAX);
    client.messages[client.count++] = (struct text){text, len};
}

static struct pieces *fresh(void)
{
    struct pieces *pieces = pool_take(flow.pool, sizeof(*pieces));

    pieces_init(pieces, flow.pool, 64);
    return pieces;
}

static void take_head(const struct run *run)
{
    struct pieces *pieces = fresh();

    client.members = answer_members_make(run, &client.member_count);
    assert_true(client.member_count <= MESSAGES_MAX);
    answer_lines_head(run, client.members, client.member_count, pieces);
    take(pieces);
}

static void take_members(const struct run *run, uint32_t percent)
{
    for (size_t i = 0; i < client.member_count; i++) {
        struct pieces *pieces = fresh();
        if (client.is_sent[i] || !answer_members_is_ready(run, &client.members[i]) ||
            !happens(percent))
            continue;
        client.is_sent[i] = true;
        answer_lines_member(run, &client.members[i], pieces);
        take(pieces);
    }
}

static void on_told(void *cookie)
{
    if (!run_tell_is_certain(flow.run))
        return;
    if (client.members == NULL)
        take_head(flow.run);
    take_members(flow.run, 80);
    client.before_the_end = client.count;
}

static void take_end(const struct run *run)
{
    struct pieces *pieces = fresh();

    if (client.members == NULL)
        take_head(run);
    take_members(run, 100);
    answer_lines_end(run, TEXT("bff-web"), FLOW_WALL_MS, pieces);
    take(pieces);
}

/* The merge of docs/streaming.md. */

static struct json members_of(size_t message)
{
    return json_get(json_of(client.messages[message]), "members");
}

static size_t count_members(void)
{
    size_t members = 0;

    for (size_t i = 1; i < client.count; i++)
        json_each (member, members_of(i))
            members++;
    return members;
}

/* Prints the member ${name} if it has come. */
static void print_member(struct json_print *out, const char *name, size_t *found)
{
    for (size_t i = 1; i < client.count; i++) {
        struct json value = json_get(members_of(i), name);
        if (json_is(value, JSON_NONE))
            continue;
        json_print_key(out, name);
        json_print_raw(out, json_raw(value));
        (*found)++;
    }
}

static struct text merged(void)
{
    struct json order = json_get(json_of(client.messages[0]), "order");
    struct json_print out;
    size_t found = 0;

    json_print_init(&out, flow.pool);
    json_print_raw(&out, TEXT("{"));
    json_each (name, order)
        print_member(&out, pool_text(flow.pool, json_text(name, flow.pool)).at, &found);
    json_print_raw(&out, TEXT("}"));
    assert_int_equal(found, count_members()); /* each is in the order, and comes once */
    return json_print_text(&out);
}

static bool is_json(struct text text)
{
    struct json_scan scan;

    json_scan_init(&scan, 128, false);
    bool is_good = json_scan_end(&scan, text.at, text.len) == 0;
    json_scan_free(&scan);
    return is_good;
}

static void shuffle(void)
{
    for (size_t i = client.count - 1; i > 1; i--) {
        size_t other = 1 + random_below(&dice, (uint32_t)i);
        struct text message = client.messages[i];
        client.messages[i] = client.messages[other];
        client.messages[other] = message;
    }
}

static void compare(size_t number)
{
    for (size_t i = 0; i < client.count; i++)
        assert_true(is_json(client.messages[i]));
    shuffle();
    struct text text = merged();
    if (!text_is(text, flow.body))
        fail_msg("page %zu: %s\n%s\nmerged: %.*s", number, page.script, flow.body, TEXT_ARGS(text));
}

/* The first numbers of a state with few bits are much alike, so they are not used. */
static void cast(size_t number)
{
    dice = (struct random){{number + 1, 0x9e3779b97f4a7c15}};
    for (size_t i = 0; i < 32; i++)
        random_next(&dice);
}

/* Returns the number of messages that came before the end. */
static size_t check_page(size_t number)
{
    cast(number);
    memset(&client, 0, sizeof(client));
    choose_rows();
    write_script();
    flow_begin(&page.composite, "1", page.script);
    flow.request.told = on_told;
    flow.request.cookie = &flow;
    flow_play(400);
    assert_int_equal(flow.done, 1);
    if (flow.run->failed == PLAN_NO_PART) {
        take_end(flow.run);
        compare(number);
    } else {
        assert_int_equal(client.count, 0);
    }
    size_t early = client.before_the_end;
    flow_end_all();
    return early;
}

static void the_merge_is_the_json_answer(void **state)
{
    const char *asked = getenv("STREAM_PAGES");
    size_t pages = asked == NULL ? PAGES : (size_t)atol(asked), early = 0;

    for (size_t i = 0; i < pages; i++)
        early += check_page(i);
    assert_true(early > pages); /* most pages have a message before they end */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_merge_is_the_json_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
