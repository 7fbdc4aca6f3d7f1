// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/completions_parser.h"
#include "reply.h"

#include <memory>

using namespace loquat;

namespace {

/// Chunks of nothing but text are read a shorter way, which an escape in a name rules out: both must
/// understand the same.
void checkShortWay(QByteArrayView input)
{
    const QByteArray whole = input.toByteArray();
    CompletionsParser either(QStringLiteral("Test"));
    CompletionsParser longer(QStringLiteral("Test"));
    const auto heard = fuzz::listen(either, {whole});
    QByteArray escaped = whole;
    escaped.replace("\"choices\"", "\"\\u0063hoices\"");
    FUZZ_CHECK(heard == fuzz::listen(longer, {escaped}));
}

} // namespace

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    checkShortWay(fuzz::view(data, size));
    return fuzz::checkReply(fuzz::view(data, size),
                            [] { return std::make_unique<CompletionsParser>(QStringLiteral("Test")); });
}
