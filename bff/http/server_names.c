/* See server_names.h. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/http/server_names.h"

#define NAME_MAX_BYTES ((size_t)255)
#define SNI_HEAD 5 /* bytes before the name: length of the list, type, length of the name */

/* The names of a context. They live as long as it, so handshakes can still read them when the
 * configuration is gone. */
struct names {
    struct server_names_row *rows; /* sorted; a context of NULL is the first one */
    size_t count;
};

static int names_index = -1;

static void names_free(void *owner, void *data, CRYPTO_EX_DATA *all, int index, long number,
                       void *cookie)
{
    struct names *names = data;

    if (names == NULL)
        return;
    for (size_t i = 0; i < names->count; i++) {
        SSL_CTX_free(names->rows[i].context);
        memory_free((char *)(uintptr_t)names->rows[i].name.at);
    }
    memory_free(names->rows);
    memory_free(names);
}

static void index_make(void)
{
    names_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, names_free);
    must(names_index >= 0);
}

static int compare(struct text a, struct text b)
{
    int order = memcmp(a.at, b.at, a.len < b.len ? a.len : b.len);

    if (order != 0)
        return order;
    return a.len == b.len ? 0 : a.len < b.len ? -1 : 1;
}

static int compare_rows(const void *a, const void *b)
{
    const struct server_names_row *one = a, *other = b;

    return compare(one->name, other->name);
}

static const struct server_names_row *row_of(const struct names *names, struct text name)
{
    struct server_names_row wanted = {.name = name, .context = NULL};

    return bsearch(&wanted, names->rows, names->count, sizeof(*names->rows), compare_rows);
}

/* Replaces the first label of ${name}, which is in ${bytes}, by "*". Absent: there is one label
 * only. */
static struct text wildcard_of(char *bytes, struct text name)
{
    char *dot = memchr(bytes, '.', name.len);

    if (dot == NULL || dot == bytes)
        return (struct text){0};
    dot[-1] = '*';
    return (struct text){dot - 1, name.len - (size_t)(dot - 1 - bytes)};
}

static const struct server_names_row *find(const struct names *names, struct text name)
{
    char bytes[NAME_MAX_BYTES];

    if (name.len > 0 && name.at[name.len - 1] == '.')
        name.len--;
    if (name.len == 0 || name.len > sizeof(bytes))
        return NULL;
    text_lower(bytes, name);
    const struct server_names_row *row = row_of(names, (struct text){bytes, name.len});
    struct text wildcard = row != NULL ? (struct text){0} : wildcard_of(bytes, name);
    return wildcard.at == NULL ? row : row_of(names, wildcard);
}

SSL_CTX *server_names_find(SSL_CTX *first, struct text name)
{
    const struct names *names = names_index < 0 ? NULL : SSL_CTX_get_ex_data(first, names_index);
    const struct server_names_row *row = names == NULL ? NULL : find(names, name);

    return row == NULL || row->context == NULL ? first : row->context;
}

/* Returns the name of the extension; absent: there is none. RFC 6066 allows one name of type 0. */
static struct text sni_of(SSL *ssl)
{
    const unsigned char *at = NULL;
    size_t len = 0;

    if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &at, &len) != 1 ||
        len <= SNI_HEAD || at[2] != TLSEXT_NAMETYPE_host_name)
        return (struct text){0};
    size_t size = (size_t)at[3] << 8 | at[4];
    if (size > len - SNI_HEAD)
        return (struct text){0};
    return (struct text){(const char *)at + SNI_HEAD, size};
}

/* This is called before a session is resumed. So a session resumes only under the id of the chosen
 * context (server_tls_seal). */
static int on_hello(SSL *ssl, int *alert, void *cookie)
{
    SSL_CTX *first = SSL_get_SSL_CTX(ssl), *chosen = server_names_find(first, sni_of(ssl));

    if (chosen != first)
        must(SSL_set_SSL_CTX(ssl, chosen) == chosen);
    return SSL_CLIENT_HELLO_SUCCESS;
}

static struct server_names_row copy(SSL_CTX *first, const struct server_names_row *row)
{
    char *name = memory_new(row->name.len + 1);

    memcpy(name, row->name.at, row->name.len);
    if (row->context != first)
        must(SSL_CTX_up_ref(row->context) == 1);
    return (struct server_names_row){.name = {name, row->name.len},
                                     .context = row->context == first ? NULL : row->context};
}

void server_names_attach(SSL_CTX *first, const struct server_names_row *rows, size_t count)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct names *names = memory_new(sizeof(*names));

    must(pthread_once(&once, index_make) == 0);
    names->rows = memory_new((count + 1) * sizeof(*names->rows));
    names->count = count;
    for (size_t i = 0; i < count; i++)
        names->rows[i] = copy(first, &rows[i]);
    qsort(names->rows, count, sizeof(*names->rows), compare_rows);
    must(SSL_CTX_set_ex_data(first, names_index, names) == 1);
    SSL_CTX_set_client_hello_cb(first, on_hello, NULL);
}
