/* See upload.h. */
#include <stdio.h>

#include "bff/base/check.h"
#include "bff/upstream/connection.h"
#include "bff/upstream/upload.h"

static bool has_chunks(const struct upload *upload) { return upload->length == UPLOAD_NO_LENGTH; }

bool upload_again(struct upload *upload)
{
    upload->left = upload->length;
    upload->is_writing = upload->is_last = upload->is_starving = upload->is_sent = false;
    return upload->source->again(upload);
}

/* Writes the first ${count} pieces. Returns false when that takes longer. */
static bool write_pieces(struct upload *upload, size_t count)
{
    upload->is_writing = !connection_send(upload->connection, &(struct connection_output){
                                                                  .pieces = upload->pieces,
                                                                  .count = count,
                                                                  .written = upload->user->written,
                                                              });
    return !upload->is_writing;
}

static void frame(struct upload *upload, struct text piece)
{
    int len = snprintf(upload->size, sizeof(upload->size), "%zx\r\n", piece.len);

    upload->pieces[0] = h2o_iovec_init(upload->size, (size_t)len);
    upload->pieces[1] = h2o_iovec_init(piece.at, piece.len);
    upload->pieces[2] = h2o_iovec_init("\r\n", 2);
}

static bool write_piece(struct upload *upload, struct text piece)
{
    upload->has_begun = true;
    if (has_chunks(upload)) {
        frame(upload, piece);
        return write_pieces(upload, 3);
    }
    must(piece.len <= upload->left);
    upload->left -= piece.len;
    upload->pieces[0] = h2o_iovec_init(piece.at, piece.len);
    return write_pieces(upload, 1);
}

/* The body is over. */
static void finish(struct upload *upload)
{
    upload->is_starving = false;
    upload->is_last = true;
    if (has_chunks(upload)) {
        upload->pieces[0] = h2o_iovec_init("0\r\n\r\n", 5);
        if (!write_pieces(upload, 1))
            return;
    } else {
        must(upload->left == 0);
    }
    upload->is_sent = true;
    connection_request_ends(upload->connection);
}

static void send_on(struct upload *upload)
{
    struct text piece;

    while ((piece = upload->source->piece(upload)).len > 0) {
        upload->is_starving = false;
        if (!write_piece(upload, piece))
            return;
        upload->source->used(upload);
    }
    if (upload->source->is_over(upload))
        finish(upload);
    else
        upload->is_starving = true;
}

void upload_begin(struct upload *upload, struct connection *connection,
                  const struct upload_user *user, void *cookie)
{
    upload->connection = connection;
    upload->user = user;
    upload->cookie = cookie;
    send_on(upload);
}

void upload_go_on(struct upload *upload)
{
    if (upload->connection == NULL || upload->is_writing || upload->is_last)
        return;
    send_on(upload);
    upload->user->moved(upload->cookie);
}

void upload_written(struct upload *upload)
{
    upload->is_writing = false;
    if (upload->is_last) {
        upload->is_sent = true;
        connection_request_ends(upload->connection);
    } else {
        upload->source->used(upload);
        send_on(upload);
    }
    upload->user->moved(upload->cookie);
}

void upload_end(struct upload *upload)
{
    if (upload != NULL)
        upload->connection = NULL;
}
