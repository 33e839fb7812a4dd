/* trusted_proxies: the proxies whose header fields about a client are trusted. */
#include "bff/config/kind.h"

#include "bff/config/section.h"

static void networks_read(struct settings_input *input)
{
    const struct settings_values *values = input->values;
    struct trusted read = {.count = values->count};

    read.networks = pool_zero(input->config->pool, values->count * sizeof(*read.networks));
    for (size_t i = 0; i < values->count; i++) {
        const char *words = trusted_read(text_of(values->texts[i]), &read.networks[i]);
        if (words != NULL)
            settings_refuse_value(input, i, words);
    }
    if (!input->is_wrong)
        input->config->trusted = read;
}

static const struct settings_kind networks_kind = {.read = networks_read, .is_list = true};

static const struct setting rows[] = {
    {"trusted_proxies", &networks_kind, .shown = "none",
     .about = "whose X-Forwarded-For is believed: 10.0.0.0/8 or an address"},
    {0},
};

const struct section section_trusted_proxies = {.rows = rows};
