/* Tests of the file of API keys: what it may look like, its mistakes with their lines, and a
 * replacement while workers read it. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "bff/base/memory.h"
#include "bff/edge/api_keys_file.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B64 "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB"
#define GOOD "- { name: a, sha256: " A64 " }\n"

static struct api_keys_plan plans[] = {{.name = {"basic", 5}}};
static char path[] = "/tmp/bff-api-keys-XXXXXX";
static struct api_keys_settings settings = {.file = path, .plans = plans, .plan_count = 1};
static char mistakes[4096];

static int begin(void **state)
{
    int fd = mkstemp(path);

    return fd < 0 ? -1 : close(fd);
}

static int end(void **state) { return unlink(path); }

static void on_wrong(void *cookie, struct api_keys_file_place place, const char *words)
{
    snprintf(mistakes + strlen(mistakes), sizeof(mistakes) - strlen(mistakes), "%zu:%zu: %s\n",
             place.line, place.column, words);
}

static struct api_keys_file *read_again(void)
{
    const struct api_keys_file_listener listener = {.wrong = on_wrong};

    mistakes[0] = '\0';
    return api_keys_file_read(&settings, &listener);
}

static struct api_keys_file *read_text(const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    return read_again();
}

static const struct api_key *find(const struct api_keys_file *file, const char *hex)
{
    unsigned char digest[API_KEY_DIGEST];

    assert_int_equal(api_key_digest_read(text_of(hex), digest), 0);
    return api_keys_file_find(file, digest);
}

/* Files, and what is known then of the keys a and b: their names, or "-". */
static const struct {
    const char *text, *a, *b;
} files[] = {
    {GOOD, "a", "-"},
    {"[]\n", "-", "-"},
    {"# nothing yet\n---\n[]\n...\n", "-", "-"},
    {"[{\"name\":\"a\",\"sha256\":\"" A64 "\"},{\"name\":\"b\",\"sha256\":\"" B64
     "\",\"role\":[\"x\",\"y\"],\"user\":\"u\",\"scopes\":[],\"plan\":null}]",
     "a", "b"},
    {"- name: a\n  sha256: " A64 "\n  plan: basic\n- name: b\n  sha256: \"" B64
     "\"\n  disabled: true\n",
     "a", "-"},
    {GOOD "- { name: a, sha256: " B64 ", plan: ~ }\n", "a", "a"},
    {"\xef\xbb\xbf" GOOD, "a", "-"},
};

static void a_file_is_a_list_in_yaml_or_json(void **state)
{
    for (size_t i = 0; i < COUNT(files); i++) {
        struct api_keys_file *file = read_text(files[i].text);
        if (file == NULL)
            fail_msg("%s: %s", files[i].text, mistakes);
        const struct api_key *a = find(file, A64), *b = find(file, B64);
        if (!text_is(a == NULL ? TEXT("-") : a->name, files[i].a) ||
            !text_is(b == NULL ? TEXT("-") : b->name, files[i].b))
            fail_msg("%s", files[i].text);
        api_keys_file_release(file);
    }
}

static const struct {
    const char *text, *want;
} wrongs[] = {
    {"", "1:1: expected a list of keys\n"},
    {"a: b\n", "1:1: expected a list of keys\n"},
    {"\n- " A64 "\n", "2:3: expected a key with a name and a sha256\n"},
    {"- [1, [2]]\n" GOOD "- x\n", "1:3: expected a key with a name and a sha256\n"
                                  "3:3: expected a key with a name and a sha256\n"},
    {"- { name: a }\n", "1:3: its sha256 is missing\n"},
    {GOOD "- { sha256: " B64 " }\n", "2:3: its name is missing\n"},
    {"- { name: a, sha256: secret }\n",
     "1:3: its sha256 is wrong: expected 64 hexadecimal digits, which --hash-key prints\n"},
    {GOOD "- name: b\n  sha256: " A64 "\n", "2:3: its sha256 stands in line 1 already\n"},
    {"- { name: a, sha256: " A64 ", plan: none }\n",
     "1:3: there is no such plan in api_keys.plans\n"},
    {"- name: a\n  sha256: " A64 "\n  key: secret\n  more: {a: [b]}\n  name: b\n",
     "3:3: unknown member; expected name, sha256, plan, user, role, scopes or disabled\n"
     "4:3: unknown member; expected name, sha256, plan, user, role, scopes or disabled\n"
     "5:9: name stands twice\n"},
    {"- name: [a]\n  sha256: " A64 "\n", "1:9: name: expected a text\n1:3: its name is missing\n"},
    {"- name: a\n  sha256: " A64 "\n  user: u\n  role:\n    - a\n    - [b]\n    - c\n",
     "6:7: role: expected a list of texts\n"},
    {"- name: a\n  sha256: " A64 "\n  scopes: {a: b}\n",
     "3:11: scopes: expected a text or a list of texts\n"},
    {GOOD "---\n" GOOD, "2:1: expected nothing after the list of keys\n"},
    {GOOD "\t- x\n", "2:1: this is neither YAML nor JSON: found character that cannot start any "
                     "token\n"},
    {"- { name: a\n", "2:1: this is neither YAML nor JSON: did not find expected ',' or '}'\n"},
    {"- \xff\n", "0:0: this is neither YAML nor JSON: invalid leading UTF-8 octet\n"},
};

static void each_mistake_has_its_line_and_shows_no_value(void **state)
{
    for (size_t i = 0; i < COUNT(wrongs); i++) {
        assert_null(read_text(wrongs[i].text));
        if (strcmp(mistakes, wrongs[i].want) != 0)
            fail_msg("%s: %s instead of %s", wrongs[i].text, mistakes, wrongs[i].want);
        assert_null(strstr(mistakes, "secret"));
    }
}

static void a_file_that_is_not_there_is_a_mistake(void **state)
{
    struct api_keys_settings none = {.file = "/nonexistent/keys.yaml"};
    const struct api_keys_file_listener listener = {.wrong = on_wrong};

    mistakes[0] = '\0';
    assert_null(api_keys_file_read(&none, &listener));
    assert_string_equal(mistakes, "0:0: cannot be read: No such file or directory\n");
}

/* Writes ${count} keys with the names "k0" and so on, the digest of each being that of its name. */
static void write_many(size_t count, const char *prefix)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    for (size_t i = 0; i < count; i++) {
        char name[32], hex[2 * API_KEY_DIGEST];
        unsigned char digest[API_KEY_DIGEST];
        snprintf(name, sizeof(name), "k%zu", i);
        api_key_digest(text_of(name), digest);
        text_hex(hex, digest, sizeof(digest));
        fprintf(file, "- { name: %s%zu, sha256: %.*s, plan: basic }\n", prefix, i, (int)sizeof(hex),
                hex);
    }
    fclose(file);
}

static void a_hundred_thousand_keys_are_the_most(void **state)
{
    write_many(API_KEYS_FILE_MOST, "k");
    struct api_keys_file *file = read_again();
    assert_non_null(file);
    assert_int_equal(api_keys_file_count(file), API_KEYS_FILE_MOST);
    for (size_t i = 0; i < API_KEYS_FILE_MOST + 100; i += 7) {
        char name[32];
        unsigned char digest[API_KEY_DIGEST];
        snprintf(name, sizeof(name), "k%zu", i);
        api_key_digest(text_of(name), digest);
        const struct api_key *key = api_keys_file_find(file, digest);
        assert_true(i < API_KEYS_FILE_MOST ? text_is(key->name, name) : key == NULL);
    }
    api_keys_file_release(file);
    write_many(API_KEYS_FILE_MOST + 1, "k");
    assert_null(read_again());
    assert_string_equal(mistakes, "100001:3: expected at most 100000 keys\n");
}

/* A reader finds k7 in each file that it sees, whole. */
static struct published published;
static atomic_bool is_over;

static void *read_on(void *cookie)
{
    struct published_view view = {0};
    unsigned char digest[API_KEY_DIGEST];
    size_t *found = cookie;

    api_key_digest(TEXT("k7"), digest);
    while (!atomic_load(&is_over) || *found == 0) {
        struct published_object *object = published_look(&published, &view);
        const struct api_key *key = api_keys_file_find(api_keys_file_of(object), digest);
        if (key == NULL || key->name.len != 2 || key->name.at[1] != '7')
            abort();
        ++*found;
    }
    published_unsee(&view);
    return NULL;
}

static void a_file_is_replaced_while_workers_read(void **state)
{
    pthread_t readers[3];
    size_t found[COUNT(readers)] = {0};

    published_init(&published);
    write_many(20, "k");
    published_set(&published, api_keys_file_object(read_again()));
    for (size_t i = 0; i < COUNT(readers); i++)
        assert_int_equal(pthread_create(&readers[i], NULL, read_on, &found[i]), 0);
    for (int i = 0; i < 50; i++) {
        write_many(20, i % 2 == 0 ? "x" : "y");
        published_set(&published, api_keys_file_object(read_again()));
    }
    atomic_store(&is_over, true);
    for (size_t i = 0; i < COUNT(readers); i++)
        assert_int_equal(pthread_join(readers[i], NULL), 0);
    published_dispose(&published);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_a_list_in_yaml_or_json),
        cmocka_unit_test(each_mistake_has_its_line_and_shows_no_value),
        cmocka_unit_test(a_file_that_is_not_there_is_a_mistake),
        cmocka_unit_test(a_hundred_thousand_keys_are_the_most),
        cmocka_unit_test(a_file_is_replaced_while_workers_read),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
