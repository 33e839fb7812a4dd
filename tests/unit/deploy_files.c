/* Tests that the servers understand the options and files with which docs/deploy starts them. */
#include <yaml.h>

#include "clients/services.h"
#include "fixtures/mock_data.h"
#include "tests/unit/config_reading.h"

#define DOCUMENTS_MAX 8
#define SERVICES MOCK_SERVICES /* that the files know; a build may have more */

struct file {
    yaml_document_t documents[DOCUMENTS_MAX];
    size_t count;
};

/* Every document of a file in docs/deploy. */
static void file_load(struct file *file, const char *path)
{
    yaml_parser_t parser;
    FILE *from = fopen(path, "r");

    assert_non_null(from);
    assert_true(yaml_parser_initialize(&parser));
    yaml_parser_set_input_file(&parser, from);
    for (file->count = 0; file->count < DOCUMENTS_MAX; file->count++) {
        yaml_document_t *document = &file->documents[file->count];
        if (!yaml_parser_load(&parser, document))
            fail_msg("%s:%zu: %s", path, parser.problem_mark.line + 1, parser.problem);
        if (yaml_document_get_root_node(document) == NULL)
            break;
    }
    assert_in_range(file->count, 1, DOCUMENTS_MAX - 1);
    yaml_document_delete(&file->documents[file->count]);
    yaml_parser_delete(&parser);
    fclose(from);
}

static void file_free(struct file *file)
{
    for (size_t i = 0; i < file->count; i++)
        yaml_document_delete(&file->documents[i]);
}

/* A member of a mapping, an item of a list; NULL: none. */
static yaml_node_t *step(yaml_document_t *document, const yaml_node_t *node, struct text name)
{
    uint64_t index;

    if (node->type == YAML_SEQUENCE_NODE && text_number(name, INT32_MAX, &index) == 0) {
        const yaml_node_item_t *items = node->data.sequence.items.start;
        size_t count = (size_t)(node->data.sequence.items.top - items);
        return index < count ? yaml_document_get_node(document, items[index]) : NULL;
    }
    if (node->type != YAML_MAPPING_NODE)
        return NULL;
    const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
    for (; pair < node->data.mapping.pairs.top; pair++) {
        const yaml_node_t *key = yaml_document_get_node(document, pair->key);
        if (text_is(name, (const char *)key->data.scalar.value))
            return yaml_document_get_node(document, pair->value);
    }
    return NULL;
}

/* The scalar at "spec/ports/0/port"; NULL: there is none. */
static const char *find(yaml_document_t *document, const char *path)
{
    struct text rest = text_of(path);
    yaml_node_t *node = yaml_document_get_root_node(document);

    while (rest.len > 0 && node != NULL)
        node = step(document, node, text_cut(&rest, '/'));
    if (node == NULL || node->type != YAML_SCALAR_NODE)
        return NULL;
    return (const char *)node->data.scalar.value;
}

static const char *get(yaml_document_t *document, const char *path)
{
    const char *value = find(document, path);

    if (value == NULL)
        fail_msg("nothing at %s", path);
    return value;
}

static void test_compose_finds_the_mocks(void **state)
{
    struct file file;
    char path[128], want[64];

    file_load(&file, SOURCE_DIR "/docs/deploy/compose.yaml");
    yaml_document_t *compose = &file.documents[0];
    for (unsigned i = 0; i < SERVICES; i++) {
        assert_non_null(clients_services.rows[i]);
        snprintf(path, sizeof(path), "x-server/environment/%s",
                 clients_services.rows[i]->environment);
        snprintf(want, sizeof(want), "http://mock:%u", 3000 + i);
        assert_string_equal(get(compose, path), want);
    }
    assert_string_equal(get(compose, "x-server/depends_on/mock/condition"), "service_started");
    assert_string_equal(get(compose, "x-server/environment/JWT_SECRET"),
                        get(compose, "services/mock/environment/JWT_SECRET"));
    assert_string_equal(get(compose, "services/web/ports/0"), "127.0.0.1:8080:8080");
    assert_string_equal(get(compose, "services/mobile/ports/0"), "127.0.0.1:8081:8081");
    file_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compose_finds_the_mocks),
    };
    return cmocka_run_group_tests(tests, reading_begin, reading_end);
}
