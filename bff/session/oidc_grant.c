/* See oidc_grant.h. */
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/text_builder.h"
#include "bff/session/oidc_form.h"

#include "bff/session/oidc_grant.h"

static void end(struct oidc_grant *grant, enum oidc_grant_end how, const char *fault)
{
    grant->fault = fault;
    oidc_client_note(grant->client, how == OIDC_GRANT_UNAVAILABLE ? fault : NULL);
    grant->done(grant, how, grant->cookie);
}

/* The answer. */

static struct text body_of(const struct fetch *fetch)
{
    return fetch->value == NULL ? TEXT("") : fetch->value->text;
}

/* Only a refusal of the provider ends a session: a failure on the way, or of the provider itself,
 * does not. */
static void on_refused(struct oidc_grant *grant, const struct fetch *fetch)
{
    const char *error = oidc_answer_error(body_of(fetch), grant->pool);
    bool is_refusal = fetch->status == 400 || fetch->status == 401;
    bool is_invalid = is_refusal && strcmp(error, "invalid_grant") == 0;

    if (is_refusal)
        end(grant, is_invalid ? OIDC_GRANT_INVALID : OIDC_GRANT_UNAVAILABLE, error);
    else
        end(grant, OIDC_GRANT_UNAVAILABLE, reason_name(REASON_STATUS));
}

static void on_answer(struct outside_call *call, void *cookie)
{
    struct oidc_grant *grant = cookie;
    const struct fetch *fetch = &call->fetch;
    int64_t now_s = clock_wall_s();

    if (fetch->reason != REASON_NONE)
        end(grant, OIDC_GRANT_UNAVAILABLE, reason_name(fetch->reason));
    else if (fetch->status != 200)
        on_refused(grant, fetch);
    else if (oidc_answer_read(body_of(fetch), now_s, grant->pool, &grant->tokens) != 0)
        end(grant, OIDC_GRANT_UNAVAILABLE, "answer");
    else
        end(grant, OIDC_GRANT_TOKENS, NULL);
}

/* The question. */

/* RFC 6749 section 2.3.1: both are encoded as in a form, then joined as in HTTP Basic. */
static void add_basic(const struct oidc_grant *grant, struct text_builder *out)
{
    const struct session_provider_settings *settings = grant->client->settings;
    struct text_builder pair;

    text_builder_init(&pair, grant->pool, 0);
    oidc_form_encode(&pair, settings->client_id);
    text_builder_add(&pair, TEXT(":"));
    oidc_form_encode(&pair, settings->client_secret);
    text_builder_add(out, TEXT("authorization: Basic "));
    unsigned char *to = (unsigned char *)text_builder_room(out, pair.len / 3 * 4 + 5);
    out->len += (size_t)EVP_EncodeBlock(to, (const unsigned char *)pair.at, (int)pair.len);
    text_builder_add(out, TEXT("\r\n"));
    OPENSSL_cleanse(pair.at, pair.len);
}

/* Adds how this server proves who it is: to the headers, or to the body. A public client only says
 * its name, and the verifier of PKCE is its proof. */
static void add_client(const struct oidc_grant *grant, const struct discovery *known,
                       struct text_builder *headers, struct text_builder *body)
{
    const struct session_provider_settings *settings = grant->client->settings;
    bool has_secret = settings->client_secret.len > 0;

    if (has_secret && (known->has_basic || !known->has_post)) {
        add_basic(grant, headers);
        return;
    }
    oidc_form_add(body, "client_id", settings->client_id);
    if (has_secret)
        oidc_form_add(body, "client_secret", settings->client_secret);
}

static void ask(struct oidc_grant *grant, const struct discovery *known)
{
    struct text_builder headers, body;

    text_builder_init(&headers, grant->pool, 0);
    text_builder_init(&body, grant->pool, 0);
    text_builder_add(&headers, TEXT("content-type: application/x-www-form-urlencoded\r\n"));
    text_builder_add(&body, grant->body);
    add_client(grant, known, &headers, &body);
    outside_start(oidc_client_token(grant->client, known), &grant->call,
                  &(struct outside_ask){
                      .method = TEXT("POST"),
                      .headers = text_builder_text(&headers),
                      .body = text_builder_text(&body),
                  },
                  on_answer, grant);
    OPENSSL_cleanse(headers.at, headers.len);
    OPENSSL_cleanse(body.at, body.len);
}

static void on_known(struct oidc_client_wait *wait, const struct discovery *known)
{
    struct oidc_grant *grant = H2O_STRUCT_FROM_MEMBER(struct oidc_grant, wait, wait);

    if (known == NULL)
        end(grant, OIDC_GRANT_UNAVAILABLE, "discovery");
    else
        ask(grant, known);
}

static void begin(struct oidc_grant *grant, const struct text_builder *body, oidc_grant_done done,
                  void *cookie)
{
    const struct discovery *known = oidc_client_known(grant->client);

    grant->body = text_builder_text(body);
    grant->done = done;
    grant->cookie = cookie;
    grant->wait.done = on_known;
    if (known == NULL)
        oidc_client_wait(grant->client, &grant->wait);
    else
        ask(grant, known);
}

static struct text_builder new_body(struct oidc_grant *grant, struct oidc_client *client)
{
    struct text_builder body;

    must(grant->client == NULL);
    *grant = (struct oidc_grant){.client = client, .pool = pool_new()};
    text_builder_init(&body, grant->pool, 512);
    return body;
}

void oidc_grant_code(struct oidc_grant *grant, struct oidc_client *client,
                     const struct oidc_grant_ask *ask_for, oidc_grant_done done, void *cookie)
{
    struct text_builder body = new_body(grant, client);

    oidc_form_add(&body, "grant_type", TEXT("authorization_code"));
    oidc_form_add(&body, "code", ask_for->code);
    oidc_form_add(&body, "redirect_uri", ask_for->redirect_uri);
    oidc_form_add(&body, "code_verifier", ask_for->verifier);
    begin(grant, &body, done, cookie);
}

void oidc_grant_refresh(struct oidc_grant *grant, struct oidc_client *client,
                        struct text refresh_token, oidc_grant_done done, void *cookie)
{
    struct text_builder body = new_body(grant, client);

    oidc_form_add(&body, "grant_type", TEXT("refresh_token"));
    oidc_form_add(&body, "refresh_token", refresh_token);
    begin(grant, &body, done, cookie);
}

void oidc_grant_stop(struct oidc_grant *grant)
{
    if (grant->client == NULL)
        return;
    oidc_client_wait_end(&grant->wait);
    outside_end(&grant->call);
    pool_free(grant->pool);
    grant->client = NULL;
}
