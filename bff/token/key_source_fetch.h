/*
 * One fetch of a key set: asks the URL, or first the discovery document and then the URL that it
 * names. Belongs to one worker, and is in its loop.
 */
#ifndef BFF_TOKEN_KEY_SOURCE_FETCH_H
#define BFF_TOKEN_KEY_SOURCE_FETCH_H

#include <stdbool.h>

#include "bff/token/discovery.h"
#include "bff/token/key_source.h"
#include "bff/token/key_source_settings.h"
#include "bff/upstream/outside.h"

/* In the memory of its user, all zero before key_source_fetch_init. */
struct key_source_fetch {
    struct endpoints *endpoints;
    const struct key_source_settings *settings;
    struct text name;
    void (*done)(struct key_source_fetch *fetch, const struct key_source_answer *answer);

    /* key_source_fetch.c's own */
    struct outside *document; /* NULL: not asked yet, or there is no discovery */
    struct outside *set;      /* NULL: not asked yet */
    struct outside_call document_call, set_call;
    char wrong[DISCOVERY_WRONG_SIZE];
};

/* ${done} is called once for each key_source_fetch_start, never from inside it. The texts of its
 * answer are valid during the call. ${settings} are borrowed. ${name} is borrowed, and for logs. */
void key_source_fetch_init(struct key_source_fetch *fetch, struct endpoints *endpoints,
                           const struct key_source_settings *settings, struct text name,
                           void (*done)(struct key_source_fetch *fetch,
                                        const struct key_source_answer *answer));

/* Begins a fetch. None may be under way. */
void key_source_fetch_start(struct key_source_fetch *fetch);

/* Frees what the fetch has. One that is under way is ended without ${done}. */
void key_source_fetch_dispose(struct key_source_fetch *fetch);

#endif
