/* Tables of scenarios for a bench of tests/flow/flow.h, which includes this file. */
#ifndef TESTS_FLOW_FLOW_CASES_H
#define TESTS_FLOW_FLOW_CASES_H

/* A row of a table of scenarios. A column that is NULL (or 0) is not checked. */
struct flow_case {
    const char *why;
    const char *param; /* NULL: "1" */
    const char *script;
    const char *choose; /* what the client chooses */
    const char *trace;
    int status; /* 0: 200 */
    const char *body;
    const char *server_timing, *proxy_status, *cache_control;
};

static inline int flow_differs(const char *why, const char *what, struct text got, const char *want)
{
    if (want == NULL || text_is(got, want))
        return 0;
    print_error("%s: %s is\n    %.*s\nnot\n    %s\n", why, what, TEXT_ARGS(got), want);
    return 1;
}

static inline int flow_check(const struct bff_composite *composite, const struct flow_case *row)
{
    int wrong = 0, status = row->status == 0 ? 200 : row->status;

    flow_chosen = row->choose;
    flow_run(composite, row->param == NULL ? "1" : row->param, row->script);
    wrong += flow_differs(row->why, "trace", text_of(flow.trace), row->trace);
    wrong += flow_differs(row->why, "body", text_of(flow.body), row->body);
    wrong += flow_differs(row->why, "Server-Timing", flow.answer.server_timing, row->server_timing);
    wrong += flow_differs(row->why, "Proxy-Status", flow.answer.proxy_status, row->proxy_status);
    wrong += flow_differs(row->why, "Cache-Control", text_of(flow.answer.cache_control),
                          row->cache_control);
    if (flow.answer.status != status) {
        print_error("%s: status is %d, not %d\n", row->why, flow.answer.status, status);
        wrong++;
    }
    flow_end_all();
    return wrong;
}

static inline void flow_check_all(const struct bff_composite *composite,
                                  const struct flow_case *rows, size_t count)
{
    int wrong = 0;

    for (size_t i = 0; i < count; i++)
        wrong += flow_check(composite, &rows[i]);
    assert_int_equal(wrong, 0);
}

#endif
