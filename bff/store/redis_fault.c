/* See redis_fault.h. */
#include "bff/base/text.h"
#include "bff/store/redis_fault.h"

static const char *const names[] = {
    [REDIS_FAULT_NONE] = "none",         [REDIS_FAULT_LOOKUP] = "lookup",
    [REDIS_FAULT_CONNECT] = "connect",   [REDIS_FAULT_TLS] = "tls",
    [REDIS_FAULT_TIMEOUT] = "timeout",   [REDIS_FAULT_RESET] = "reset",
    [REDIS_FAULT_PROTOCOL] = "protocol", [REDIS_FAULT_AUTH] = "auth",
    [REDIS_FAULT_REFUSED] = "refused",   [REDIS_FAULT_LOADING] = "loading",
    [REDIS_FAULT_REPLICA] = "replica",   [REDIS_FAULT_CLUSTER] = "cluster",
    [REDIS_FAULT_MASTER] = "no_master",
};

/* How errors begin that every command would get on this connection. */
static const struct {
    struct text begin;
    enum redis_fault fault;
} rows[] = {
    {{"LOADING ", 8}, REDIS_FAULT_LOADING},
    {{"READONLY ", 9}, REDIS_FAULT_REPLICA},
    {{"MASTERDOWN ", 11}, REDIS_FAULT_REPLICA},
    {{"NOAUTH ", 7}, REDIS_FAULT_AUTH},
    {{"MOVED ", 6}, REDIS_FAULT_CLUSTER},
    {{"CLUSTERDOWN ", 12}, REDIS_FAULT_CLUSTER},
    {{"DENIED ", 7}, REDIS_FAULT_REFUSED},
    {{"ERR max number of clients", 25}, REDIS_FAULT_REFUSED},
};

const char *redis_fault_name(enum redis_fault fault) { return names[fault]; }

enum redis_fault redis_fault_of(const char *error, size_t len)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (text_starts((struct text){error, len}, rows[i].begin))
            return rows[i].fault;
    return REDIS_FAULT_NONE;
}
