/* Tests that the servers understand the options and files with which docs/deploy starts them. */
#include <arpa/inet.h>
#include <netinet/in.h>

#include <yaml.h>

#include "clients/services.h"
#include "fixtures/mock_data.h"
#include "tests/unit/config_reading.h"

#define DOCUMENTS_MAX 8
#define POD "spec/template/spec/"
#define CONTAINER POD "containers/0/"
#define SERVICES MOCK_SERVICES /* that the files know; a build may have more */
#define SLACK_MS 1000          /* for the log's last lines, behind the drain */

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

static yaml_document_t *of_kind(struct file *file, const char *kind)
{
    for (size_t i = 0; i < file->count; i++)
        if (strcmp(get(&file->documents[i], "kind"), kind) == 0)
            return &file->documents[i];
    fail_msg("no %s", kind);
    return NULL;
}

static uint32_t number(yaml_document_t *document, const char *path)
{
    uint64_t value = 0;

    if (text_number(text_of(get(document, path)), UINT32_MAX, &value) != 0)
        fail_msg("%s is no number", path);
    return (uint32_t)value;
}

static unsigned port_of(const struct config *config)
{
    struct sockaddr_in address;

    assert_int_equal(config->listen_count, 1);
    memcpy(&address, &config->listens[0].address, sizeof(address));
    assert_int_equal(address.sin_addr.s_addr, htonl(INADDR_ANY));
    return ntohs(address.sin_port);
}

/* Kubernetes. */

static const struct {
    const char *kind, *path, *want;
} rows[] = {
    {"Deployment", POD "securityContext/runAsNonRoot", "true"},
    {"Deployment", POD "securityContext/runAsUser", "65532"},
    {"Deployment", POD "securityContext/seccompProfile/type", "RuntimeDefault"},
    {"Deployment", CONTAINER "securityContext/allowPrivilegeEscalation", "false"},
    {"Deployment", CONTAINER "securityContext/readOnlyRootFilesystem", "true"},
    {"Deployment", CONTAINER "securityContext/capabilities/drop/0", "ALL"},
    {"Deployment", CONTAINER "image", "registry.example/bff-web:" BFF_VERSION},
    {"Deployment", CONTAINER "startupProbe/httpGet/path", "/health"},
    {"Deployment", CONTAINER "livenessProbe/httpGet/path", "/health"},
    {"Deployment", CONTAINER "readinessProbe/httpGet/path", "/ready"},
    {"Deployment", CONTAINER "env/0/name", "JWT_SECRET"},
    {"Deployment", CONTAINER "volumeMounts/0/mountPath", "/etc/bff"},
    {"Service", "spec/selector/app", "bff-web"},
    {"PodDisruptionBudget", "spec/selector/matchLabels/app", "bff-web"},
};

/* What stands in two places, and must be the same. */
static const struct {
    const char *kind, *path, *same_kind, *same_path;
} pairs[] = {
    {"Deployment", POD "volumes/0/configMap/name", "ConfigMap", "metadata/name"},
    {"Deployment", POD "volumes/0/name", "Deployment", CONTAINER "volumeMounts/0/name"},
    {"Deployment", "spec/selector/matchLabels/app", "Deployment",
     "spec/template/metadata/labels/app"},
    {"Service", "spec/selector/app", "Deployment", "spec/template/metadata/labels/app"},
    {"Service", "spec/ports/0/targetPort", "Deployment", CONTAINER "ports/0/name"},
    {"Deployment", CONTAINER "startupProbe/httpGet/port", "Deployment", CONTAINER "ports/0/name"},
    {"Deployment", CONTAINER "livenessProbe/httpGet/port", "Deployment", CONTAINER "ports/0/name"},
    {"Deployment", CONTAINER "readinessProbe/httpGet/port", "Deployment", CONTAINER "ports/0/name"},
};

static void test_kubernetes_fits_together(void **state)
{
    struct file file;

    file_load(&file, SOURCE_DIR "/docs/deploy/kubernetes.yaml");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_string_equal(get(of_kind(&file, rows[i].kind), rows[i].path), rows[i].want);
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
        assert_string_equal(get(of_kind(&file, pairs[i].kind), pairs[i].path),
                            get(of_kind(&file, pairs[i].same_kind), pairs[i].same_path));
    yaml_document_t *deployment = of_kind(&file, "Deployment");
    assert_in_range(number(of_kind(&file, "PodDisruptionBudget"), "spec/minAvailable"), 1,
                    number(deployment, "spec/replicas") - 1);
    file_free(&file);
}

static void test_kubernetes_configures(void **state)
{
    static const struct bff_build build = {
        .name = "web", .port = 8080, .services = &clients_services};
    char *argv[] = {"bff-web", "--config", "web.yaml", NULL};
    struct file file;
    struct config config;

    file_load(&file, SOURCE_DIR "/docs/deploy/kubernetes.yaml");
    yaml_document_t *deployment = of_kind(&file, "Deployment");
    const char *yaml = get(of_kind(&file, "ConfigMap"), "data/web.yaml");
    reading_file("web.yaml", yaml, strlen(yaml));
    if (config_read(3, argv, &build, &config) != CONFIG_SERVE)
        fail_msg("%s", config.mistakes.lines[0]);

    assert_int_equal(port_of(&config), number(deployment, CONTAINER "ports/0/containerPort"));
    assert_int_equal(config.workers, number(deployment, CONTAINER "resources/limits/cpu"));
    assert_in_range(config.leave_ms, 1000, UINT32_MAX);
    assert_in_range(config.leave_ms + config.drain_ms + SLACK_MS, 0,
                    1000 * number(deployment, POD "terminationGracePeriodSeconds"));
    assert_in_range(config.service_count, SERVICES, SIZE_MAX);
    for (size_t i = 0; i < SERVICES; i++)
        assert_true(text_starts(text_of(config.services[i].endpoints[0].authority),
                                text_of(config.services[i].service->name)));
    config_free(&config);
    file_free(&file);
}

/* Compose. */

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
    assert_string_equal(get(compose, "x-server/depends_on/0"), "mock");
    assert_string_equal(get(compose, "x-server/environment/JWT_SECRET"),
                        get(compose, "services/mock/environment/JWT_SECRET"));
    assert_string_equal(get(compose, "services/web/ports/0"), "127.0.0.1:8080:8080");
    assert_string_equal(get(compose, "services/mobile/ports/0"), "127.0.0.1:8081:8081");
    file_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kubernetes_fits_together),
        cmocka_unit_test(test_kubernetes_configures),
        cmocka_unit_test(test_compose_finds_the_mocks),
    };
    return cmocka_run_group_tests(tests, reading_begin, reading_end);
}
