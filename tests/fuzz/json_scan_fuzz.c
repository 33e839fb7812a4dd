/* Any bytes, in pieces that they choose themselves: the scanner's verdict is the grammar's. */
#include <stdint.h>

#include "tests/unit/json_pieces.h"
#include "tests/unit/json_reference.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    const char *text = (const char *)data + 2;
    size_t len = size - 2, first = data[0], piece = data[1] + 1u, mistake, broken_at;
    bool is_json = reference_is_json(text, len, 128, &mistake);

    for (EVERY_PATH(path)) {
        if (!json_scan_use(path))
            continue;
        must((verdict(text, len, first, piece, &broken_at) == 0) == is_json);
        verdict(text, len, 1, 1, &broken_at);
        must(is_json || broken_at == mistake + 1);
    }
    return 0;
}
