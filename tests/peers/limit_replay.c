/*
 * Says what the rate limits do, so that tests/peers can compare it with other programs. A step is a
 * line on standard input, and gives a line on standard output:
 *
 *   key ADDRESS             gives the key of a client: "2001:db8::/64"
 *   leaky RATE BURST DELAY  makes a new leaky bucket. RATE is a number of requests in 1000 seconds,
 *                           BURST is a number of requests, and DELAY is one, or "off". Gives
 * "leaky" at MS DECISION          a request at this time. DECISION (passed, delayed or rejected) is
 * that of the other program, and the next state follows from it. Gives our DECISION, and the excess
 * in thousandths
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bff/http/request_peer.h"
#include "bff/limit/limit_key.h"
#include "bff/limit/limit_leaky.h"

static struct limit_rule rule;
static uint64_t state;

static void print_key(struct text address)
{
    static const struct limit_rule by_address = {.key = {{.kind = LIMIT_KEY_IP}}, .key_count = 1};
    struct pool *pool = pool_new();
    struct request_peer peer = {.client = address};
    struct request request = {.pool = pool, .peer = &peer};

    printf("%.*s\n", TEXT_ARGS(limit_key(&request, &by_address, (struct text){0})));
    pool_free(pool);
}

static void begin(char *rest)
{
    rule.rate = (uint32_t)strtoul(rest, &rest, 10);
    rule.burst = (uint32_t)strtoul(rest, &rest, 10);
    rule.delay = strcmp(rest, " off") == 0 ? LIMIT_NO_DELAY : strtoul(rest, NULL, 10);
    state = 0;
    puts("leaky");
}

/* The excess is read from a rule with a burst that is never reached. */
static void ask(char *rest)
{
    struct limit_now now = {.ns = (int64_t)strtoull(rest, &rest, 10) * CLOCK_MS};
    struct limit_rule endless = rule;
    struct limit_verdict verdict, unused;

    endless.burst = LIMIT_BURST_MOST;
    uint64_t counted = limit_leaky_count(&endless, state, &now, 1, &unused);
    limit_leaky_count(&rule, state, &now, 1, &verdict);
    const char *decision = verdict.delay_ms > 0 ? "delayed" : "passed";
    printf("%s %lu\n", verdict.is_refused ? "rejected" : decision,
           (unsigned long)limit_state_count(counted));
    if (strcmp(rest, " rejected") != 0)
        state = counted;
}

int main(void)
{
    static char line[256];

    while (fgets(line, sizeof(line), stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "key ", 4) == 0)
            print_key(text_of(line + 4));
        else if (strncmp(line, "leaky ", 6) == 0)
            begin(line + 6);
        else if (strncmp(line, "at ", 3) == 0)
            ask(line + 3);
    }
    return 0;
}
