/*
 * A recorded request: what it was, what its parts and calls did, and what came of it. It does not
 * change, and has a reference count, so any thread may read it while it has a reference.
 *
 * There are no header fields in it. So Authorization, Cookie and Set-Cookie are never recorded.
 */
#ifndef BFF_RECORD_RECORD_ENTRY_H
#define BFF_RECORD_RECORD_ENTRY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/text.h"
#include "bff/json/value.h"
#include "bff/observe/call_record.h"
#include "bff/observe/part_report.h"

struct request;

#define RECORD_ENTRY_NO_PART SIZE_MAX

/*
 *   number      set by record_add
 *   at_ms       when its head was read, by the wall clock
 *   head_ns     the same, of clock_now_ns, as all times of parts and calls
 *   took_ns     from its head until its answer was sent
 *   status      499: the client has left before there was an answer
 *   sent_bytes  of the answer's body, as the client got it
 *   query       absent: none
 *   pattern     of its path, such as "/api/dashboard/:userId"; absent: nothing answers the path
 *   user        absent: not known
 *   cache       what the cache did for a plain route, as in route_report; absent: it has none
 *   is_partial  a part of a page was rejected
 *   set_by      the place of the part that settled last; RECORD_ENTRY_NO_PART: there is none
 *   parts       of a page, without has_call; is_unchosen: the client has not chosen the part
 *   calls       of a plain route one at most
 *   answer      the body that was sent, as in request_kept; NULL: it was empty, or is_answer_cut
 *   is_answer_cut  it was too long to be kept
 *   body        the JSON of the request; NULL: none
 *   is_lean     the request was whole, and nobody looked: answer, body and the values of calls were
 *               not kept
 *   bytes       the memory of the entry, its values included
 */
struct record_entry {
    uint64_t number;
    int64_t at_ms, head_ns, took_ns;
    int status;
    size_t sent_bytes;
    struct text id, method, path, query, pattern, user, cache;
    bool is_partial;
    size_t set_by;
    struct part_report *parts;
    size_t part_count;
    struct call_record *calls;
    size_t call_count;
    struct value *answer;
    bool is_answer_cut;
    bool is_lean;
    struct value *body;
    size_t bytes;

    /* for record.c and record_entry.c */
    atomic_uint references;
    struct record_entry *next;
    bool is_block; /* its memory is one of the blocks of record_entry.c */
};

/* Makes an entry of ${request}, which is over at ${now_ns}, with one reference. The values of
 * request->calls and request->kept now belong to the entry. Without ${keeps_answers} they are kept
 * only when the request has failed or is partial. */
struct record_entry *record_entry_new(struct request *request, int64_t now_ns, bool keeps_answers);

/* Adds one reference. Returns ${entry}. */
struct record_entry *record_entry_hold(struct record_entry *entry);

/* Drops one reference. Does nothing for NULL. Any thread may call it. */
void record_entry_release(struct record_entry *entry);

/* Asks the processor for the memory of ${entry}, which will be released soon. NULL: does nothing.
 */
void record_entry_warm(const struct record_entry *entry);

#endif
