// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/error.h"

#include <QByteArray>
#include <QByteArrayList>
#include <QByteArrayView>
#include <QHash>
#include <QList>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

/// What libFuzzer calls with every input.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

namespace loquat::fuzz {

[[noreturn]] inline void broken(const char *promise, const char *file, int line)
{
    std::fprintf(stderr, "%s:%d: this does not hold: %s\n", file, line, promise);
    std::abort(); // libFuzzer keeps the input
}

/// Ends the run, and keeps the input, if what the parser promises does not hold.
#define FUZZ_CHECK(promise)                                                                                  \
    do {                                                                                                     \
        if (!(promise))                                                                                      \
            loquat::fuzz::broken(#promise, __FILE__, __LINE__);                                              \
    } while (false)

inline QByteArrayView view(const uint8_t *data, size_t size)
{
    return {reinterpret_cast<const char *>(data), qsizetype(size)};
}

/// Ways to cut `input`: whole, in two at a place that the input itself decides, so that a run can be
/// repeated, and (where that is not too slow) byte by byte. Every piece is memory of its own, so that reading
/// past its end is seen.
inline QList<QByteArrayList> cuts(QByteArrayView input)
{
    constexpr qsizetype longest = 2048; ///< to be cut into bytes
    QList<QByteArrayList> ways{{input.toByteArray()}};
    if (input.isEmpty())
        return ways;
    const auto place = qsizetype(qHash(input, 0) % size_t(input.size()));
    ways.append({input.first(place).toByteArray(), input.sliced(place).toByteArray()});
    if (input.size() <= longest) {
        QByteArrayList bytes;
        for (const char byte : input)
            bytes.append(QByteArray(1, byte));
        ways.append(bytes);
    }
    return ways;
}

inline void checkError(const Error &error)
{
    FUZZ_CHECK(!error.code.isEmpty());
    FUZZ_CHECK(!error.message.isEmpty());
    for (const QChar c : error.code)
        FUZZ_CHECK((c >= u'a' && c <= u'z') || (c >= u'0' && c <= u'9') || c == u'_' || c == u'-');
}

} // namespace loquat::fuzz
