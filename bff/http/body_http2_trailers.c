/* See body_http2_trailers.h. */
#include "bff/http/body_http2_trailers.h"

int body_http2_trailers_read(h2o_http2_conn_t *conn, h2o_http2_frame_t *frame,
                             head_http2_parse parse, const char **error)
{
    const int whole = H2O_HTTP2_FRAME_FLAG_END_STREAM | H2O_HTTP2_FRAME_FLAG_END_HEADERS;
    h2o_http2_headers_payload_t payload;
    h2o_req_t nobody;
    size_t no_length;
    int status = h2o_http2_decode_headers_payload(&payload, frame, error);

    if (status != 0)
        return status;
    if ((frame->flags & whole) != whole) {
        *error = "trailers that do not end the stream in one frame";
        return H2O_HTTP2_ERROR_PROTOCOL;
    }
    h2o_init_request(&nobody, &conn->super, NULL);
    status = parse(&nobody, &conn->_input_header_table, payload.headers, payload.headers_len, NULL,
                   &no_length, NULL, error);
    h2o_mem_clear_pool(&nobody.pool);
    return status;
}
