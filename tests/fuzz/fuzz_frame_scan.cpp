// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"
#include "gateway/frame_scan.h"

using namespace loquat;

namespace {

/// The same, from the whole of it: whether every frame that has begun is masked.
bool isMasked(QByteArrayView bytes)
{
    while (bytes.size() >= 2) {
        const int length = bytes[1] & 0x7f;
        const qsizetype extended = length == 127 ? 8 : length == 126 ? 2 : 0;
        if (!(bytes[1] & 0x80))
            return false;
        const qsizetype head = 2 + extended + 4;
        if (bytes.size() < head)
            return true;
        quint64 payload = extended == 0 ? quint64(length) : 0;
        for (qsizetype i = 0; i < extended; ++i)
            payload = payload << 8 | uchar(bytes[2 + i]);
        if (payload > quint64(bytes.size() - head))
            return true;
        bytes = bytes.sliced(head + qsizetype(payload));
    }
    return true;
}

} // namespace

/// A frame without a mask is found, and only such a one, however the bytes are cut.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const auto input = fuzz::view(data, size);
    for (const QByteArrayList &pieces : fuzz::cuts(input)) {
        FrameScan scan;
        bool masked = true;
        for (const QByteArray &piece : pieces)
            masked = masked && scan.take(piece);
        FUZZ_CHECK(masked == isMasked(input));
    }
    return 0;
}
