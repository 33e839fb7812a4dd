/* See oidc_keys.h. */
#include "bff/edge/login_keys.h"

#include "bff/session/oidc_keys.h"

static bool has_key(struct oidc_keys_ask *ask)
{
    const struct key_set *set = key_source_worker_look(ask->client->keys);

    return set != NULL && login_keys_has(&set->keys, ask->token);
}

static enum oidc_keys_end verify(struct oidc_keys_ask *ask)
{
    const struct key_set *set = key_source_worker_look(ask->client->keys);

    if (set == NULL)
        return OIDC_KEYS_DOWN;
    return login_keys_verify(&set->keys, ask->token) ? OIDC_KEYS_GOOD : OIDC_KEYS_BAD;
}

/* The keys were fetched for this token. When they came and its key is not there, it does not
 * exist. */
static void on_fetched(struct key_source_wait *wait)
{
    struct oidc_keys_ask *ask = H2O_STRUCT_FROM_MEMBER(struct oidc_keys_ask, wait, wait);
    bool is_failing = key_source_read(ask->client->key_source).is_failing;

    key_source_worker_start(ask->client->keys);
    ask->done(ask, is_failing && !has_key(ask) ? OIDC_KEYS_DOWN : verify(ask));
}

enum oidc_keys_end oidc_keys_verify(struct oidc_client *client, struct oidc_keys_ask *ask,
                                    const struct jwt *token)
{
    unsigned retry_s;

    ask->client = client;
    ask->token = token;
    if (!has_key(ask)) {
        ask->wait.done = on_fetched;
        switch (key_source_worker_ask(client->keys, &ask->wait, &retry_s)) {
        case KEY_SOURCE_DOWN:
            return OIDC_KEYS_DOWN;
        case KEY_SOURCE_NOT_NOW:
            return OIDC_KEYS_BAD;
        default:
            return OIDC_KEYS_WAITS;
        }
    }
    key_source_worker_start(client->keys);
    return verify(ask);
}

void oidc_keys_cancel(struct oidc_keys_ask *ask) { key_source_worker_cancel(&ask->wait); }
