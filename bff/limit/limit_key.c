/* See limit_key.h. */
#include <openssl/evp.h>

#include "bff/base/check.h"
#include "bff/base/ip.h"
#include "bff/base/text_builder.h"
#include "bff/http/request_peer.h"
#include "bff/limit/limit_key.h"

#define VALUE_BYTES 64 /* a longer value is hashed */
#define HASH_BYTES 16
#define NETWORK_BYTES 8 /* of an IPv6 address: a /64 */

static void put_char(struct text_builder *key, char c)
{
    *text_builder_room(key, 1) = c, key->len++;
}

static void put_hex(struct text_builder *key, const unsigned char *bytes, size_t count)
{
    text_hex(text_builder_room(key, 2 * count), bytes, count);
    key->len += 2 * count;
}

static void put_hash(struct text_builder *key, struct text value)
{
    unsigned char hash[EVP_MAX_MD_SIZE];

    must(EVP_Digest(value.at, value.len, hash, NULL, EVP_sha256(), NULL) == 1);
    put_char(key, '#');
    put_hex(key, hash, HASH_BYTES);
}

static bool is_plain(unsigned char c)
{
    return c > ' ' && c < 0x7f && c != '%' && c != '|' && c != '=' && c != '#';
}

static void put_value(struct text_builder *key, struct text value)
{
    if (value.len > VALUE_BYTES) {
        put_hash(key, value);
        return;
    }
    for (size_t i = 0; i < value.len; i++) {
        unsigned char byte = (unsigned char)value.at[i];
        if (is_plain(byte)) {
            put_char(key, value.at[i]);
            continue;
        }
        put_char(key, '%');
        put_hex(key, &byte, 1);
    }
}

static void put_named(struct text_builder *key, struct text name, struct text value)
{
    text_builder_add(key, name);
    put_char(key, '=');
    put_value(key, value);
}

static struct text network_of(struct pool *pool, struct ip ip)
{
    char text[IP_TEXT];

    memset(ip.bytes + NETWORK_BYTES, 0, IP_BYTES - NETWORK_BYTES);
    return pool_print(pool, "%.*s/%d", TEXT_ARGS(ip_print(&ip, text)), NETWORK_BYTES * 8);
}

/* An IPv4 address is already written as the key needs it. */
static struct text address_of(const struct request *request)
{
    struct text client = request->peer->client;
    char text[IP_TEXT];
    struct ip ip;

    if (memchr(client.at, ':', client.len) == NULL || !ip_read(client, &ip))
        return client;
    if (ip_is_ipv4(&ip))
        return pool_text(request->pool, ip_print(&ip, text));
    return network_of(request->pool, ip);
}

static void put_part(struct text_builder *key, const struct request *request,
                     const struct limit_key_part *part, struct text route)
{
    struct text name = TEXT("user"), value = request->user;

    if (part->kind == LIMIT_KEY_ROUTE) {
        put_named(key, TEXT("route"), route);
        return;
    }
    if (part->kind == LIMIT_KEY_API_KEY) {
        name = TEXT("api_key");
        value = request->api_key;
    }
    if (part->kind == LIMIT_KEY_HEADER) {
        name = part->header;
        value = request_list(request, pool_text(request->pool, name).at);
    }
    if (part->kind == LIMIT_KEY_IP || value.at == NULL)
        text_builder_add(key, address_of(request));
    else
        put_named(key, name, value);
}

struct text limit_key(const struct request *request, const struct limit_rule *rule,
                      struct text route)
{
    struct text_builder key;

    if (rule->key_count == 1 && rule->key[0].kind == LIMIT_KEY_IP)
        return address_of(request);
    text_builder_init(&key, request->pool, VALUE_BYTES);
    for (size_t i = 0; i < rule->key_count; i++) {
        if (i > 0)
            put_char(&key, '|');
        put_part(&key, request, &rule->key[i], route);
    }
    return text_builder_text(&key);
}
