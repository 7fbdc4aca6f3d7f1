// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/anthropic_parser.h"
#include "reply.h"

#include <memory>

using namespace loquat;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz::checkReply(fuzz::view(data, size), [] {
        return std::make_unique<AnthropicParser>(QStringLiteral("Test"), QStringLiteral("m"));
    });
}
